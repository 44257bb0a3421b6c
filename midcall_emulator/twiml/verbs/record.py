"""Record: the caller's voice, kept as a file (https://www.twilio.com/docs/voice/twiml/record)."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from midcall_emulator.core.inputs import Key, Speech
from midcall_emulator.core.outcomes import Outcome
from midcall_emulator.media.recordings import Recording
from midcall_emulator.twiml.attributes.values import (
    TRIMS,
    action_request,
    flag,
    matching,
    one_of,
    recording_callback,
    whole,
)
from midcall_emulator.twiml.document import Verb
from midcall_emulator.twiml.execution import Run
from midcall_emulator.twiml.performers import performs
from midcall_emulator.twiml.verbs.record_transcription import LONGEST, is_transcribed, transcriber
from midcall_emulator.wire.callbacks import request_and_discard


@dataclass(slots=True)
class Rules:
    """What ends a recording: keys, seconds of silence (0 is never), seconds in all."""

    keys: str
    silence: float
    longest: float
    trims: bool
    on_end: Callable[[Recording], None]


@performs(
    "Record",
    "action method timeout finishOnKey maxLength playBeep trim recordingStatusCallback recordingStatusCallbackMethod "
    "recordingStatusCallbackEvent transcribe transcribeCallback recordingConfigurationId recordingTrack",
)
async def record(run: Run, verb: Verb) -> Outcome:
    """Record until silence, a key, the longest time or the hang-up; then the action takes over.

    Where nobody said a word the next verb runs, unless the switch ``silent_recording`` is ``keep``.
    """
    rules = _rules(run, verb)
    if flag(run, verb, "playBeep", True):
        run.play("beep")
    recording = run.world.recordings.start(run.call, "RecordVerb", recording_callback(run, verb))
    with run.when_cut(lambda why: _cut(run, verb, rules, recording, why)), run.inputs.listening():
        key = await _listen(run, rules, recording)
    if not key and not recording.spoken and run.world.switches.silent_recording != "keep":
        run.world.recordings.drop(recording)
        return None
    _finish(run, recording, trimmed=bool(rules.trims and rules.silence and not key))
    rules.on_end(recording)
    return action_request(run, verb, _result(run, recording, key))


async def _listen(run: Run, rules: Rules, recording: Recording) -> str:
    """Collect speech until something ends the recording; return the key that did, or ""."""
    clock = run.world.clock
    last = recording.started + rules.longest
    quiet = clock.now() + rules.silence if rules.silence else last
    while (item := await run.inputs.next(clock, min(quiet, last))) is not None:
        if isinstance(item, Speech):
            recording.spoken.append((clock.now(), min(last, clock.now() + item.seconds)))
            recording.said.append(item.text)
            quiet = clock.now() + item.seconds + rules.silence if rules.silence else last
        elif isinstance(item, Key) and item.digit in rules.keys:
            return item.digit
    return ""


def _finish(run: Run, recording: Recording, trimmed: bool) -> None:
    """End the recording, at the end of the last word if it is trimmed."""
    now = run.world.clock.now()
    if trimmed and recording.spoken:
        now = min(now, max(end for _, end in recording.spoken))
    run.world.recordings.finish(recording, now)


def _cut(
    run: Run, verb: Verb, rules: Rules, recording: Recording, why: str
) -> Coroutine[Any, Any, None] | None:
    """Keep what was recorded; only a hang-up makes the action request, and its answer counts for nothing."""
    _finish(run, recording, trimmed=False)
    rules.on_end(recording)
    if why == "redirect" and not run.world.switches.record_action_on_interrupt:
        return None
    key = "hangup" if why == "hangup" else ""
    return request_and_discard(run.world, run.call, action_request(run, verb, _result(run, recording, key)))


def _rules(run: Run, verb: Verb) -> Rules:
    longest = whole(run, verb, "maxLength", 3600, 2, 86400)
    transcribed = is_transcribed(run, verb)
    if transcribed:
        if longest > LONGEST and "maxLength" in verb.attributes:
            run.warn(13615, f"Record: maxLength too high for transcription; {LONGEST} is used")
        longest = min(longest, LONGEST)
    return Rules(
        matching(run, verb, "finishOnKey", "1234567890*#", "[0-9*#]*"),
        whole(run, verb, "timeout", 5),
        longest,
        one_of(run, verb, "trim", *TRIMS) == "trim-silence",
        transcriber(run, verb) if transcribed else _nothing,
    )


def _nothing(recording: Recording) -> None:
    """Leave a recording as it is."""


def _result(run: Run, recording: Recording, key: str) -> dict[str, str]:
    return {
        "RecordingUrl": run.world.recordings.url(recording),
        "RecordingSid": recording.sid,
        "RecordingDuration": str(recording.duration),
        "Digits": key,
    }
