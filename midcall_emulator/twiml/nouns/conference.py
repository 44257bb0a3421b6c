"""Conference inside Dial (https://www.twilio.com/docs/voice/twiml/conference)."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any

from midcall_emulator.conferences import sounds
from midcall_emulator.conferences.callbacks import EVENTS
from midcall_emulator.conferences.participant import Participant
from midcall_emulator.conferences.participant_settings import MUSIC, ParticipantSettings
from midcall_emulator.conferences.refusals import find_refusal
from midcall_emulator.core.outcomes import Fetch, Outcome, Problem
from midcall_emulator.core.status_callback import StatusCallback
from midcall_emulator.twiml.attributes.recording import TRIMS, recording_callback
from midcall_emulator.twiml.attributes.urls import optional_action, optional_fetch, optional_url
from midcall_emulator.twiml.attributes.values import boolean, choice, http_method, whole_number
from midcall_emulator.twiml.document import Verb
from midcall_emulator.twiml.execution import Run
from midcall_emulator.twiml.nouns.noun import dial_destination
from midcall_emulator.twiml.performers import attributes
from midcall_emulator.wire.callbacks import request_and_discard

_RECORDS = ("do-not-record", "record-from-start", "true", "false")
_BEEPS = ("true", "false", "onEnter", "onExit")


@dial_destination(
    "Conference",
    attributes(
        "waitUrl record region coach participantLabel jitterBufferSize statusCallback statusCallbackEvent "
        "statusCallbackMethod recordingStatusCallback recordingStatusCallbackMethod eventCallbackUrl "
        "recordingConfigurationId",
        muted=13230,
        endConferenceOnExit=13231,
        startConferenceOnEnter=13232,
        waitMethod=13234,
        beep=13235,
        trim=13239,
        maxParticipants=16002,
        recordingStatusCallbackEvent=13621,
    ),
)
async def conference(run: Run, dial: Verb, noun: Verb) -> Outcome:
    """Join the conference and stay until the participant leaves it; the action gets ``DialCallStatus=answered``.

    A participant who cannot join is an error on the call, and the call continues as after a failed Dial.
    """
    settings = _settings(run, noun)
    if refusal := _refusal(run, noun, settings):
        run.world.log.error(run.call, refusal.code, refusal.message, run.document.url or "")
        return _action(run, dial, "failed", is_bridged=False)
    if run.call.answered is None:
        run.world.lifecycle.answer(run.call)
    joined = run.world.conferences.find_or_open(noun.text, run.call, settings)
    participant = joined.join(run.call, settings)
    with run.when_interrupted(lambda reason: _interrupt(run, dial, participant, reason)):
        sounds.play_wait(participant)
        problem = await _stay(run, dial, participant)
    return problem or _action(run, dial, "answered", participant.bridged)


def _refusal(run: Run, noun: Verb, settings: ParticipantSettings) -> Problem | None:
    """Return why the call cannot join; a call that the conference expects can always join."""
    current = run.world.conferences.named(noun.text)
    is_expected = current is not None and current.participant(run.call.sid) is not None
    refusal = None if is_expected else find_refusal(current, settings)
    if refusal:
        return Problem(refusal.twiml_code, f"Dial->Conference: {refusal.message}")
    return None if noun.text else Problem(16002, "Dial->Conference: the conference has no name")


async def _stay(run: Run, dial: Verb, participant: Participant) -> Problem | None:
    """Wait until the participant leaves: by themselves, with the star key, or after the time limit of the Dial."""
    clock, conference = run.world.clock, participant.conference
    assert participant.leaving is not None
    limit = whole_number(run, dial, "timeLimit", 14400, 1)
    timer = clock.call_later(limit, lambda: conference.leave(participant, "time"))
    if boolean(run, dial, "hangupOnStar"):
        run.call.run.on_star = lambda: conference.leave(participant, "star")
    try:
        problem: Problem | None = await clock.park(participant.leaving)
        return problem
    finally:
        timer.cancel()
        run.call.run.on_star = None


def _interrupt(
    run: Run, dial: Verb, participant: Participant, reason: str
) -> Coroutine[Any, Any, None] | None:
    """Leave the conference; the action is still requested, and its response is discarded."""
    participant.conference.leave(participant, reason)
    switches = run.world.switches
    requests = (
        switches.dial_action_on_hangup if reason == "hangup" else switches.conference_action_on_redirect
    )
    action = _action(run, dial, "answered", participant.bridged) if requests else None
    return request_and_discard(run.world, run.call, action) if action else None


def _action(run: Run, dial: Verb, status: str, is_bridged: bool) -> Fetch | Problem | None:
    return optional_action(run, dial, {"DialCallStatus": status, "DialBridged": str(is_bridged).lower()})


def _settings(run: Run, noun: Verb) -> ParticipantSettings:
    choice(run, noun, "trim", *TRIMS)
    return ParticipantSettings(
        muted=boolean(run, noun, "muted"),
        beep=choice(run, noun, "beep", *_BEEPS),
        starts=boolean(run, noun, "startConferenceOnEnter", True),
        ends=boolean(run, noun, "endConferenceOnExit"),
        wait=optional_fetch(run, noun, "waitUrl", "waitMethod") if "waitUrl" in noun.attributes else MUSIC,
        most=whole_number(run, noun, "maxParticipants", 250, 1, 250),
        coach=noun.get("coach"),
        label=noun.get("participantLabel"),
        callback=_callback(run, noun),
        record=choice(run, noun, "record", *_RECORDS) in ("record-from-start", "true"),
        recording_callback=recording_callback(run, noun),
        region=noun.get("region", "us1"),
    )


def _callback(run: Run, noun: Verb) -> StatusCallback | None:
    """Return the status callback of the conference; without ``statusCallbackEvent`` it reports nothing."""
    url, events = optional_url(run, noun, "statusCallback"), set(noun.get("statusCallbackEvent").split())
    if events - EVENTS:
        run.warn(16002, f"Conference statusCallbackEvent: {', '.join(sorted(events - EVENTS))}")
    return (
        StatusCallback(url, http_method(run, noun, "statusCallbackMethod"), frozenset(events))
        if url
        else None
    )
