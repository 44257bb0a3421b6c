"""Recording inside Start (https://www.twilio.com/docs/voice/twiml/recording)."""

from __future__ import annotations

from midcall_emulator.core.status_callback import StatusCallback
from midcall_emulator.media.call_recordings import CHANNELS, CallRecording, CallRecordingSettings
from midcall_emulator.media.listeners import CallListener
from midcall_emulator.twiml.attributes.urls import absolute_callback
from midcall_emulator.twiml.attributes.values import http_method
from midcall_emulator.twiml.document import Verb
from midcall_emulator.twiml.execution import SCHEMA_WARNING, Run
from midcall_emulator.twiml.nouns.noun import start_noun

_TRACKS = ("inbound", "outbound", "both")


@start_noun("Recording", "Recordings")
def recording(run: Run, noun: Verb) -> CallListener:
    """Return a recording of the call; it has two channels unless ``channels`` is ``mono``."""
    callback = _callback(run, noun)
    channels, track = CHANNELS.get(noun.get("channels", "dual"), 2), noun.get("track", "both")
    if track not in _TRACKS:
        run.warn(SCHEMA_WARNING, f"Recording track={track!r} is not usable; both is used")
        track = "both"
    settings = CallRecordingSettings("StartCallRecordingTwiML", callback, channels, track, noun.get("name"))
    return CallRecording(run.world, run.call, settings)


def _callback(run: Run, noun: Verb) -> StatusCallback | None:
    url = absolute_callback(run, noun, "recordingStatusCallback")
    events = frozenset(noun.get("recordingStatusCallbackEvent", "completed").split())
    return (
        StatusCallback(url, http_method(run, noun, "recordingStatusCallbackMethod"), events) if url else None
    )
