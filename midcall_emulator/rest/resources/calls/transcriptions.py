"""Real-time transcriptions of a call (https://www.twilio.com/docs/voice/api/realtime-transcription-resource)."""

from __future__ import annotations

from midcall_emulator.media.media_session import TRACKS
from midcall_emulator.media.transcriptions import Transcription, TranscriptionSettings
from midcall_emulator.rest.operation import Request, operation
from midcall_emulator.rest.parameters import values
from midcall_emulator.rest.resources.calls import listeners
from midcall_emulator.rest.response import Response


@operation("POST", "/Calls/{call_sid}/Transcriptions.json")
def start(request: Request) -> Response:
    """Transcribe a call in progress."""
    settings = TranscriptionSettings(
        request.get("Name"),
        TRACKS[listeners.track(request, "both_tracks")],
        values.callback_url(request, "StatusCallbackUrl"),
        values.method(request, "StatusCallbackMethod"),
        request.get("LanguageCode", "en-US"),
        values.flag(request, "PartialResults"),
    )
    return listeners.start(
        request, "Transcriptions", lambda call: Transcription(request.world, call, settings)
    )


@operation("POST", "/Calls/{call_sid}/Transcriptions/{listener_sid}.json")
def stop(request: Request) -> Response:
    """Stop a transcription by its SID or name."""
    return listeners.stop(request, "Transcriptions")
