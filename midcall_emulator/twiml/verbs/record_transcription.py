"""How a Record is transcribed (https://www.twilio.com/docs/voice/twiml/record#transcribe): word for word, two
seconds after the recording."""

from __future__ import annotations

from collections.abc import Callable

from midcall_emulator.core.outcomes import Problem
from midcall_emulator.core.sids import new_sid
from midcall_emulator.media.recordings import Recording
from midcall_emulator.twiml.attributes.values import flag, resolve
from midcall_emulator.twiml.document import Verb
from midcall_emulator.twiml.execution import Run
from midcall_emulator.wire.webhooks import OutgoingRequest

SHORTEST, LONGEST = 2, 120  # seconds
_TAKES = 2.0


def is_transcribed(run: Run, verb: Verb) -> bool:
    """Say whether it is wanted: ``transcribeCallback`` alone is enough."""
    return flag(run, verb, "transcribe", bool(verb.get("transcribeCallback")))


def transcriber(run: Run, verb: Verb) -> Callable[[Recording], None]:
    """Return what is to be done with the recording: nothing, or tell the app its words; a bad URL is 13257."""
    url = resolve(run, verb.get("transcribeCallback")) if verb.get("transcribeCallback") else ""
    if isinstance(url, Problem):
        run.warn(13257, f"Record: Invalid transcribeCallback URL: {url.message}")
    if not url or isinstance(url, Problem):
        return lambda recording: None
    return lambda recording: _tell(run, url, recording)


def _tell(run: Run, url: str, recording: Recording) -> None:
    """Send the words; a recording that is too short or too long has none (13617)."""
    works = SHORTEST <= recording.duration <= LONGEST
    if not works:
        run.warn(13617, f"Record: {recording.duration} s is out of range for transcription")
    sid = new_sid("TR")
    params = {
        "TranscriptionSid": sid,
        "TranscriptionText": " ".join(recording.said) if works else "",
        "TranscriptionStatus": "completed" if works else "failed",
        "TranscriptionUrl": f"{run.world.recordings.url(recording)}/Transcriptions/{sid}",
        "RecordingSid": recording.sid,
        "RecordingUrl": run.world.recordings.url(recording),
    }
    request = OutgoingRequest("transcription", url, "POST", tuple(params.items()))
    run.world.clock.call_later(_TAKES, lambda: run.world.webhooks.send(run.call, request))
