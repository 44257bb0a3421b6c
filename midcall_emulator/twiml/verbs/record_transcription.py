"""The transcription of a Record: its words, two seconds after the recording
(https://www.twilio.com/docs/voice/twiml/record#transcribe)."""

from __future__ import annotations

from collections.abc import Callable

from midcall_emulator.core.outcomes import Problem
from midcall_emulator.core.sids import new_sid
from midcall_emulator.media.recording import Recording
from midcall_emulator.twiml.attributes.urls import resolve
from midcall_emulator.twiml.attributes.values import boolean
from midcall_emulator.twiml.document import Verb
from midcall_emulator.twiml.execution import Run
from midcall_emulator.wire.outgoing_request import OutgoingRequest

SHORTEST, LONGEST = 2, 120  # seconds
_DELAY_SECONDS = 2.0


def is_transcribed(run: Run, verb: Verb) -> bool:
    """Return whether the recording is transcribed: ``transcribeCallback`` alone is enough."""
    return boolean(run, verb, "transcribe", bool(verb.get("transcribeCallback")))


def transcription_sender(run: Run, verb: Verb) -> Callable[[Recording], None]:
    """Return a function that transcribes a recording and sends the text; without a callback it does nothing.

    An invalid callback URL is a warning (13257).
    """
    url = resolve(run, verb.get("transcribeCallback")) if verb.get("transcribeCallback") else ""
    if isinstance(url, Problem):
        run.warn(13257, f"Record: Invalid transcribeCallback URL: {url.message}")
    if not url or isinstance(url, Problem):
        return lambda recording: None
    return lambda recording: _send(run, url, recording)


def _send(run: Run, url: str, recording: Recording) -> None:
    """Send the words; the transcription of a recording that is too short or too long fails (13617)."""
    is_in_range = SHORTEST <= recording.duration <= LONGEST
    if not is_in_range:
        run.warn(13617, f"Record: {recording.duration} s is out of range for transcription")
    sid = new_sid("TR")
    params = {
        "TranscriptionSid": sid,
        "TranscriptionText": " ".join(recording.said) if is_in_range else "",
        "TranscriptionStatus": "completed" if is_in_range else "failed",
        "TranscriptionUrl": f"{run.world.recordings.url(recording)}/Transcriptions/{sid}",
        "RecordingSid": recording.sid,
        "RecordingUrl": run.world.recordings.url(recording),
    }
    request = OutgoingRequest("transcription", url, "POST", tuple(params.items()))
    run.world.clock.call_later(_DELAY_SECONDS, lambda: run.world.webhooks.send(run.call, request))
