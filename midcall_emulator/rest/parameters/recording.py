"""Parameters of a call's recording (https://www.twilio.com/docs/voice/api/recording)."""

from __future__ import annotations

from midcall_emulator.core.status_callback import StatusCallback
from midcall_emulator.media.call_recordings import CHANNELS, CallRecordingSettings
from midcall_emulator.rest.errors import RestError
from midcall_emulator.rest.operation import Request
from midcall_emulator.rest.parameters.values import callback_url, events, method

_TRACKS = ("inbound", "outbound", "both")


def call_recording(request: Request, source: str) -> CallRecordingSettings:
    """Return the settings of a recording; ``source`` is the API that starts it."""
    channels, track = request.get("RecordingChannels", "mono"), request.get("RecordingTrack", "both")
    if channels not in CHANNELS or track not in _TRACKS:
        raise RestError(20001, f"RecordingChannels={channels} RecordingTrack={track}")
    url = callback_url(request, "RecordingStatusCallback")
    callback_method = method(request, "RecordingStatusCallbackMethod")
    reported = events(request, "RecordingStatusCallbackEvent", "completed")
    callback = StatusCallback(url, callback_method, reported) if url else None
    return CallRecordingSettings(source, callback, CHANNELS[channels], track)
