"""Attributes about recordings: the status callback, and the recording of a Dial
(https://www.twilio.com/docs/voice/twiml/dial#record)."""

from __future__ import annotations

from midcall_emulator.core.status_callback import StatusCallback
from midcall_emulator.media.call_recordings import CallRecordingSettings
from midcall_emulator.twiml.attributes.urls import optional_url
from midcall_emulator.twiml.attributes.values import choice, http_method, warn_invalid
from midcall_emulator.twiml.document import Verb
from midcall_emulator.twiml.execution import Run

TRIMS = ("trim-silence", "do-not-trim")
_EVENTS = frozenset({"in-progress", "completed", "absent"})
_TRACKS = ("both", "inbound", "outbound")
_DIAL_RECORDS = (
    "do-not-record", "true", "false", "record-from-answer", "record-from-ringing", "record-from-answer-dual",
    "record-from-ringing-dual",
)  # fmt: skip


def recording_callback(run: Run, verb: Verb) -> StatusCallback | None:
    """Return the status callback of the verb's recording."""
    url = optional_url(run, verb, "recordingStatusCallback")
    if not url:
        return None
    events = frozenset(verb.get("recordingStatusCallbackEvent", "completed").split())
    if events - _EVENTS:
        warn_invalid(run, verb, "recordingStatusCallbackEvent", "the rest of the list")
    return StatusCallback(url, http_method(run, verb, "recordingStatusCallbackMethod"), events & _EVENTS)


def dial_recording(run: Run, verb: Verb) -> CallRecordingSettings | None:
    """Return how a Dial is recorded, None if it is not; the recording has two channels for ``…-dual``."""
    choice(run, verb, "trim", *reversed(TRIMS))
    record = choice(run, verb, "record", *_DIAL_RECORDS)
    if record in ("do-not-record", "false"):
        return None
    channels = 2 if record.endswith("dual") else 1
    track = choice(run, verb, "recordingTrack", *_TRACKS)
    return CallRecordingSettings("DialVerb", recording_callback(run, verb), channels, track)
