"""Participants of a conference: listed, fetched, changed, removed
(https://www.twilio.com/docs/voice/api/conference-participant-resource)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from midcall_emulator.conferences import sounds
from midcall_emulator.conferences.conference import Participant
from midcall_emulator.conferences.directory import flaw_of
from midcall_emulator.conferences.participant_settings import MUSIC, ParticipantSettings
from midcall_emulator.core.outcomes import Fetch
from midcall_emulator.rest import Answer, Ask, operation, parameters, representation
from midcall_emulator.rest.errors import Refusal
from midcall_emulator.rest.paging import page
from midcall_emulator.rest.resources.conferences.conferences import room_of

_ONE = "/Conferences/{conference}/Participants/{participant}.json"
_FILTERS = {"Muted": "muted", "Hold": "hold", "Coaching": "coaching"}
_JOINED_ONLY = ("Hold", "HoldUrl", "AnnounceUrl", "WaitUrl")


@operation("GET", "/Conferences/{conference}/Participants.json")
def list_participants(ask: Ask) -> Answer:
    """Return who is in, or on the way, newest first; ``Muted``, ``Hold`` and ``Coaching`` filter. Over is empty."""
    found = [seat for seat in reversed(room_of(ask).participants) if _fits(ask, seat)]
    return Answer(200, page(ask, "participants", found, partial(shown, ask), lambda seat: seat.call.sid))


@operation("GET", _ONE)
def fetch(ask: Ask) -> Answer:
    """Return one participant, by CallSid or label."""
    return Answer(200, shown(ask, _seat(ask)))


@operation("POST", _ONE)
def update(ask: Ask) -> Answer:
    """Change what is given: everything is checked first, then done."""
    seat = _seat(ask)
    if not seat.is_present and any(name in ask.params for name in _JOINED_ONLY):
        raise Refusal(16099)
    steps = [step for prepare in _PREPARED for step in prepare(ask, seat)]
    for step in steps:
        step()
    seat.updated = ask.world.clock.now()
    return Answer(200, shown(ask, seat))


@operation("DELETE", _ONE)
def delete(ask: Ask) -> Answer:
    """Take somebody out of the conference; whose phone still rings is not called any longer."""
    seat = _seat(ask)
    if seat.is_present:
        seat.conference.leave(seat, "kick")
    else:
        ask.world.lifecycle.end(seat.call, "canceled" if seat.call.answered is None else "completed")
    return Answer(204)


def shown(ask: Ask, seat: Participant) -> dict[str, Any]:
    """Return all fields of a participant."""
    own = f"Conferences/{seat.conference.sid}/Participants/{seat.call.sid}.json"
    return {
        "account_sid": ask.world.account,
        "call_sid": seat.call.sid,
        "label": seat.label or None,
        "call_sid_to_coach": seat.coached if seat.coaching else None,
        "coaching": seat.coaching,
        "conference_sid": seat.conference.sid,
        "date_created": representation.date(ask.world, seat.created),
        "date_updated": representation.date(ask.world, seat.updated),
        "end_conference_on_exit": seat.ends,
        "muted": seat.muted,
        "hold": seat.hold,
        "start_conference_on_enter": seat.starts,
        "status": seat.status,
        "queue_time": "0",
        "uri": representation.path(ask.world, own),
    }


def flag(ask: Ask, name: str, default: bool = False) -> bool:
    """Return a boolean: whatever is not ``true`` is false."""
    return ask.get(name, str(default)).lower() == "true"


def _seat(ask: Ask) -> Participant:
    seat = room_of(ask).seat(ask.ids["participant"])
    if seat is None:
        raise Refusal(20404, ask.path)
    return seat


def _fits(ask: Ask, seat: Participant) -> bool:
    return all(
        flag(ask, name) == getattr(seat, attribute) for name, attribute in _FILTERS.items() if ask.get(name)
    )


# -- changes: each looks at its own parameters and returns what is to be done ------------------------------------

Steps = list[Callable[[], None]]


def _mute(ask: Ask, seat: Participant) -> Steps:
    muted = flag(ask, "Muted")
    if not ask.get("Muted") or muted == seat.muted:
        return []

    def step() -> None:
        seat.muted = muted
        seat.conference.report("participant-mute" if muted else "participant-unmute", seat)

    return [step]


def _hold(ask: Ask, seat: Participant) -> Steps:
    url, method = parameters.url(ask, "HoldUrl", 21205), parameters.method(ask, "HoldMethod", "GET")
    held = flag(ask, "Hold", seat.hold)
    if held and (not seat.hold or url):
        return [lambda: sounds.hold(seat, Fetch(url, method) if url else MUSIC)]
    return [] if held else [lambda: sounds.unhold(seat)]


def _wait(ask: Ask, seat: Participant) -> Steps:
    url, method = parameters.url(ask, "WaitUrl", 21205), parameters.method(ask, "WaitMethod")
    if "WaitUrl" not in ask.params:
        return []

    def step() -> None:
        seat.wait = Fetch(url, method) if url else None
        sounds.wait(seat)

    return [step]


def _announce(ask: Ask, seat: Participant) -> Steps:
    url, method = parameters.url(ask, "AnnounceUrl", 21205), parameters.method(ask, "AnnounceMethod")
    return [lambda: sounds.announce(seat.conference, Fetch(url, method), seat)] if url else []


def _modify(ask: Ask, seat: Participant) -> Steps:
    """Change how somebody leaves, and whom they coach."""
    changes: dict[str, Any] = {}
    if ask.get("EndConferenceOnExit"):
        changes["ends"] = flag(ask, "EndConferenceOnExit")
    if ask.get("BeepOnExit"):
        changes["beep"] = "onExit" if flag(ask, "BeepOnExit") else "false"
    if ask.get("Coaching") or ask.get("CallSidToCoach"):
        changes["coaching"] = flag(ask, "Coaching", seat.coaching)
        changes["coached"] = ask.get("CallSidToCoach", seat.coached)
    if changes.get("coaching") and (
        flaw := flaw_of(seat.conference, ParticipantSettings(coach=changes["coached"] or "-"))
    ):
        raise Refusal(flaw.rest)
    if not changes:
        return []

    def step() -> None:
        for name, value in changes.items():
            setattr(seat, name, value)
        seat.conference.report("participant-modify", seat)

    return [step]


_PREPARED = (_mute, _hold, _wait, _announce, _modify)
