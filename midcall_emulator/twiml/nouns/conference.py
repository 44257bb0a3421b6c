"""Conference inside Dial: a room for many (https://www.twilio.com/docs/voice/twiml/conference)."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any

from midcall_emulator.conferences import sounds
from midcall_emulator.conferences.callbacks import SUBSCRIBED
from midcall_emulator.conferences.conference import Participant
from midcall_emulator.conferences.directory import flaw_of
from midcall_emulator.conferences.participant_settings import MUSIC, ParticipantSettings
from midcall_emulator.core.outcomes import Fetch, Outcome, Problem
from midcall_emulator.media.recordings import Callback
from midcall_emulator.twiml.attributes.values import (
    TRIMS,
    action_request,
    flag,
    method,
    one_of,
    recording_callback,
    resolve,
    whole,
)
from midcall_emulator.twiml.document import Verb
from midcall_emulator.twiml.execution import Run
from midcall_emulator.wire.callbacks import request_and_discard

ATTRIBUTES = (
    "muted beep startConferenceOnEnter endConferenceOnExit waitUrl waitMethod maxParticipants record trim region coach "
    "participantLabel jitterBufferSize statusCallback statusCallbackEvent statusCallbackMethod recordingStatusCallback "
    "recordingStatusCallbackMethod recordingStatusCallbackEvent eventCallbackUrl recordingConfigurationId"
)
_RECORDED = ("do-not-record", "record-from-start", "true", "false")
_BEEPS = ("true", "false", "onEnter", "onExit")


async def enter(run: Run, verb: Verb, noun: Verb) -> Outcome:
    """Join, and stay until something ends that; an action gets ``DialCallStatus=answered``.

    Who cannot join is told why in the debugger, and goes on as after a Dial that failed.
    """
    world, call, terms = run.world, run.call, _terms(run, noun)
    open_room = world.conferences.named(noun.text)
    expected = open_room is not None and open_room.seat(call.sid) is not None
    flaw = None if expected else flaw_of(open_room, terms)
    if flaw or not noun.text:
        code, says = (flaw.twiml, flaw.says) if flaw else (16002, "the conference has no name")
        world.log.error(call, code, f"Dial->Conference: {says}", run.document.url or "")
        return _outcome(run, verb, "failed", False)
    if call.answered is None:
        world.lifecycle.answer(call)
    room = world.conferences.opened(noun.text, call, terms)
    seat = room.join(call, terms)
    with call.run.when_cut(lambda why: _cut(run, verb, seat, why)):
        sounds.wait(seat)
        problem = await _stay(run, verb, seat)
    return problem or _outcome(run, verb, "answered", seat.bridged)


async def _stay(run: Run, verb: Verb, seat: Participant) -> Problem | None:
    """Wait until the conference lets go of the call, the time is up, or the star is pressed."""
    clock, room = run.world.clock, seat.conference
    assert seat.leaving is not None
    limit = whole(run, verb, "timeLimit", 14400, 1)
    timer = clock.call_later(limit, lambda: room.leave(seat, "time"))
    if flag(run, verb, "hangupOnStar"):
        run.call.run.on_star = lambda: room.leave(seat, "star")
    try:
        return await clock.park(seat.leaving)
    finally:
        timer.cancel()
        run.call.run.on_star = None


def _cut(run: Run, verb: Verb, seat: Participant, why: str) -> Coroutine[Any, Any, None] | None:
    """Leave the room; the action is requested all the same, and its answer thrown away."""
    seat.conference.leave(seat, why)
    switches = run.world.switches
    wanted = switches.dial_action_on_hangup if why == "hangup" else switches.conference_action_on_redirect
    action = _outcome(run, verb, "answered", seat.bridged) if wanted else None
    return request_and_discard(run.world, run.call, action) if action else None


def _outcome(run: Run, verb: Verb, status: str, bridged: bool) -> Fetch | Problem | None:
    if not verb.get("action").strip():
        return None
    return action_request(run, verb, {"DialCallStatus": status, "DialBridged": str(bridged).lower()})


def _terms(run: Run, noun: Verb) -> ParticipantSettings:
    for name in sorted(set(noun.attributes) - set(ATTRIBUTES.split())):
        run.warn(12200, f"Schema validation warning: <Conference> has no attribute {name!r}")
    one_of(run, noun, "trim", *TRIMS)
    return ParticipantSettings(
        muted=flag(run, noun, "muted"),
        beep=one_of(run, noun, "beep", *_BEEPS),
        starts=flag(run, noun, "startConferenceOnEnter", True),
        ends=flag(run, noun, "endConferenceOnExit"),
        wait=_wait(run, noun),
        most=whole(run, noun, "maxParticipants", 250, 1, 250),
        coach=noun.get("coach"),
        label=noun.get("participantLabel"),
        callback=_callback(run, noun),
        record=one_of(run, noun, "record", *_RECORDED) in ("record-from-start", "true"),
        recording_callback=recording_callback(run, noun),
        region=noun.get("region", "us1"),
    )


def _wait(run: Run, noun: Verb) -> Fetch | None:
    """Return what is heard before the start: Twilio's music unless told otherwise, nothing for an empty URL."""
    if "waitUrl" not in noun.attributes:
        return MUSIC
    url = _url(run, noun.get("waitUrl").strip())
    return Fetch(url, method(run, noun, "waitMethod")) if url else None


def _callback(run: Run, noun: Verb) -> Callback | None:
    """Return who is told about the conference; without ``statusCallbackEvent`` there is nothing to tell."""
    url, events = _url(run, noun.get("statusCallback")), set(noun.get("statusCallbackEvent").split())
    if events - SUBSCRIBED:
        run.warn(16002, f"Conference statusCallbackEvent: {', '.join(sorted(events - SUBSCRIBED))}")
    return Callback(url, method(run, noun, "statusCallbackMethod"), frozenset(events)) if url else None


def _url(run: Run, text: str) -> str:
    url = resolve(run, text) if text else ""
    if isinstance(url, Problem):
        run.warn(url.code, url.message)
        return ""
    return url
