"""Updates of a participant. Every update checks its parameters first, and is applied after all checks have passed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from midcall_emulator.conferences import sounds
from midcall_emulator.conferences.participant import Participant
from midcall_emulator.conferences.participant_settings import MUSIC, ParticipantSettings
from midcall_emulator.conferences.refusals import find_refusal
from midcall_emulator.core.outcomes import Fetch
from midcall_emulator.rest.errors import RestError
from midcall_emulator.rest.operation import Request
from midcall_emulator.rest.parameters.values import flag, method, url

Updates = list[Callable[[], None]]


def updates(request: Request, participant: Participant) -> Updates:
    """Return the functions that apply the request; RestError if a parameter is invalid."""
    return [update for check in _CHECKS for update in check(request, participant)]


def _mute(request: Request, participant: Participant) -> Updates:
    is_muted = flag(request, "Muted")
    if not request.get("Muted") or is_muted == participant.muted:
        return []

    def update() -> None:
        participant.muted = is_muted
        event = "participant-mute" if is_muted else "participant-unmute"
        participant.conference.report(event, participant)

    return [update]


def _hold(request: Request, participant: Participant) -> Updates:
    hold_url, hold_method = url(request, "HoldUrl", 21205), method(request, "HoldMethod", "GET")
    if not flag(request, "Hold", participant.hold):
        return [lambda: sounds.unhold(participant)]
    if participant.hold and not hold_url:
        return []
    return [lambda: sounds.hold(participant, Fetch(hold_url, hold_method) if hold_url else MUSIC)]


def _wait(request: Request, participant: Participant) -> Updates:
    wait_url, wait_method = url(request, "WaitUrl", 21205), method(request, "WaitMethod")
    if "WaitUrl" not in request.params:
        return []

    def update() -> None:
        participant.wait = Fetch(wait_url, wait_method) if wait_url else None
        sounds.play_wait(participant)

    return [update]


def _announce(request: Request, participant: Participant) -> Updates:
    announce_url = url(request, "AnnounceUrl", 21205)
    source = Fetch(announce_url, method(request, "AnnounceMethod"))
    return [lambda: sounds.announce(participant.conference, source, participant)] if announce_url else []


def _modify(request: Request, participant: Participant) -> Updates:
    """Change what happens when the participant leaves, and which participant it coaches."""
    changes = _exit_changes(request) | _coaching_changes(request, participant)
    if not changes:
        return []

    def update() -> None:
        for name, value in changes.items():
            setattr(participant, name, value)
        participant.conference.report("participant-modify", participant)

    return [update]


def _exit_changes(request: Request) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    if request.get("EndConferenceOnExit"):
        changes["ends"] = flag(request, "EndConferenceOnExit")
    if request.get("BeepOnExit"):
        changes["beep"] = "onExit" if flag(request, "BeepOnExit") else "false"
    return changes


def _coaching_changes(request: Request, participant: Participant) -> dict[str, Any]:
    if not (request.get("Coaching") or request.get("CallSidToCoach")):
        return {}
    is_coaching = flag(request, "Coaching", participant.coaching)
    coached = request.get("CallSidToCoach", participant.coached)
    settings = ParticipantSettings(coach=coached or "-")
    if is_coaching and (refusal := find_refusal(participant.conference, settings)):
        raise RestError(refusal.rest_code)
    return {"coaching": is_coaching, "coached": coached}


_CHECKS: tuple[Callable[[Request, Participant], Updates], ...] = (_mute, _hold, _wait, _announce, _modify)
