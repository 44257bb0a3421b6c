"""How a Dial is recorded (https://www.twilio.com/docs/voice/twiml/dial#record)."""

from __future__ import annotations

from midcall_emulator.media.call_recordings import CallRecordingSettings
from midcall_emulator.twiml.attributes.values import TRIMS, one_of, recording_callback
from midcall_emulator.twiml.document import Verb
from midcall_emulator.twiml.execution import Run

TRACKS = ("both", "inbound", "outbound")
_FROM = ("record-from-answer", "record-from-ringing", "record-from-answer-dual", "record-from-ringing-dual")


def recorded(run: Run, verb: Verb) -> CallRecordingSettings | None:
    """Return how the Dial is recorded: from the answer or from the ringing, on one channel or two."""
    one_of(run, verb, "trim", *reversed(TRIMS))
    how = one_of(run, verb, "record", "do-not-record", "true", "false", *_FROM)
    if how in ("do-not-record", "false"):
        return None
    channels = 2 if how.endswith("dual") else 1
    return CallRecordingSettings(
        "DialVerb", recording_callback(run, verb), channels, one_of(run, verb, "recordingTrack", *TRACKS)
    )
