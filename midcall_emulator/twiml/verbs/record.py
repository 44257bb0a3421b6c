"""Record: a recording of the caller (https://www.twilio.com/docs/voice/twiml/record)."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from midcall_emulator.core.inputs import Key, Speech
from midcall_emulator.core.outcomes import Outcome
from midcall_emulator.media.recording import Recording
from midcall_emulator.twiml.attributes.recording import TRIMS, recording_callback
from midcall_emulator.twiml.attributes.urls import action_request
from midcall_emulator.twiml.attributes.values import boolean, choice, matching, whole_number
from midcall_emulator.twiml.document import Verb
from midcall_emulator.twiml.execution import Run
from midcall_emulator.twiml.performers import attributes, performs
from midcall_emulator.twiml.verbs.record_transcription import (
    LONGEST,
    is_transcribed,
    transcription_sender,
)
from midcall_emulator.wire.callbacks import request_and_discard


@dataclass(frozen=True, slots=True)
class RecordRules:
    """What ends a Record: keys, seconds of silence (0 for never), seconds in all."""

    finish_keys: str
    silence: float
    max_length: float
    trims: bool
    on_end: Callable[[Recording], None]


@performs(
    "Record",
    attributes(
        "action recordingStatusCallback recordingStatusCallbackMethod transcribeCallback recordingConfigurationId",
        method=13610,
        timeout=13611,
        maxLength=13612,
        finishOnKey=13613,
        transcribe=13614,
        playBeep=13616,
        recordingStatusCallbackEvent=13621,
        recordingTrack=13622,
        trim=13699,
    ),
)
async def record(run: Run, verb: Verb) -> Outcome:
    """Record until silence, a key, the maximum length or a hangup; then request the action.

    After a silent recording the next verb runs, unless the switch ``silent_recording`` is ``keep``.
    """
    rules = _rules(run, verb)
    if boolean(run, verb, "playBeep", True):
        run.play("beep")
    recording = run.world.recordings.start(run.call, "RecordVerb", recording_callback(run, verb))
    with (
        run.when_interrupted(lambda reason: _interrupt(run, verb, rules, recording, reason)),
        run.inputs.listening(),
    ):
        key = await _record_speech(run, rules, recording)
    if not key and not recording.inbound_speech and run.world.switches.silent_recording != "keep":
        run.world.recordings.drop(recording)
        return None
    _finish(run, rules, recording, is_trimmed=bool(rules.trims and rules.silence and not key))
    return action_request(run, verb, _result(run, recording, key))


async def _record_speech(run: Run, rules: RecordRules, recording: Recording) -> str:
    """Add the caller's speech to the recording until it ends; return the key that ended it, or ""."""
    clock = run.world.clock
    end = recording.started + rules.max_length
    silent_until = clock.now() + rules.silence if rules.silence else end
    while (item := await run.inputs.next(clock, min(silent_until, end))) is not None:
        if isinstance(item, Speech):
            recording.inbound_speech.append((clock.now(), min(end, clock.now() + item.seconds)))
            recording.said.append(item.text)
            silent_until = clock.now() + item.seconds + rules.silence if rules.silence else end
        elif isinstance(item, Key) and item.digit in rules.finish_keys:
            return item.digit
    return ""


def _finish(run: Run, rules: RecordRules, recording: Recording, is_trimmed: bool) -> None:
    """End the recording; a trimmed one ends with the last word."""
    end = run.world.clock.now()
    if is_trimmed and recording.inbound_speech:
        end = min(end, max(until for _, until in recording.inbound_speech))
    run.world.recordings.finish(recording, end)
    rules.on_end(recording)


def _interrupt(
    run: Run, verb: Verb, rules: RecordRules, recording: Recording, reason: str
) -> Coroutine[Any, Any, None] | None:
    """Keep the recording; a hangup requests the action, whose response is discarded."""
    _finish(run, rules, recording, is_trimmed=False)
    if reason == "redirect" and not run.world.switches.record_action_on_interrupt:
        return None
    key = "hangup" if reason == "hangup" else ""
    action = action_request(run, verb, _result(run, recording, key))
    return request_and_discard(run.world, run.call, action)


def _rules(run: Run, verb: Verb) -> RecordRules:
    max_length = whole_number(run, verb, "maxLength", 3600, 2, 86400)
    transcribed = is_transcribed(run, verb)
    if transcribed and max_length > LONGEST:
        if "maxLength" in verb.attributes:
            run.warn(13615, f"Record: maxLength too high for transcription; {LONGEST} is used")
        max_length = LONGEST
    return RecordRules(
        finish_keys=matching(run, verb, "finishOnKey", "1234567890*#", "[0-9*#]*"),
        silence=whole_number(run, verb, "timeout", 5),
        max_length=max_length,
        trims=choice(run, verb, "trim", *TRIMS) == "trim-silence",
        on_end=transcription_sender(run, verb) if transcribed else _do_nothing,
    )


def _do_nothing(recording: Recording) -> None:
    """Leave the recording without transcription."""


def _result(run: Run, recording: Recording, key: str) -> dict[str, str]:
    return run.world.recordings.parameters(recording) | {"Digits": key}
