"""What stands inside Start beside Stream: Recording, Transcription, Siprec
(https://www.twilio.com/docs/voice/twiml/recording, /transcription, /siprec)."""

from __future__ import annotations

from midcall_emulator.media import call_recordings
from midcall_emulator.media.call_recordings import CHANNELS, CallRecording
from midcall_emulator.media.forks import Fork
from midcall_emulator.media.recordings import Callback
from midcall_emulator.media.reported import TRACKS
from midcall_emulator.media.siprec import Siprec
from midcall_emulator.media.transcriptions import Transcription, TranscriptionSettings
from midcall_emulator.twiml.attributes.values import method
from midcall_emulator.twiml.document import Verb
from midcall_emulator.twiml.execution import Run
from midcall_emulator.twiml.verbs.start import absolute, starts, terms_of

_RECORDED = ("inbound", "outbound", "both")


@starts("Recording", "Recordings")
def recording(run: Run, noun: Verb) -> Fork:
    """Return a recording of the call, on two channels unless told otherwise."""
    url = absolute(run, noun, "recordingStatusCallback")
    events = frozenset(noun.get("recordingStatusCallbackEvent", "completed").split())
    told = Callback(url, method(run, noun, "recordingStatusCallbackMethod"), events) if url else None
    channels, track = CHANNELS.get(noun.get("channels", "dual"), 2), noun.get("track", "both")
    if track not in _RECORDED:
        run.warn(12200, f"Recording track={track!r} is not usable; both is used")
        track = "both"
    terms = call_recordings.CallRecordingSettings(
        "StartCallRecordingTwiML", told, channels, track, noun.get("name")
    )
    return CallRecording(run.world, run.call, terms)


@starts("Transcription", "Transcriptions")
def transcription(run: Run, noun: Verb) -> Fork:
    """Return a transcription of what is said, on both sides unless told otherwise."""
    wanted = noun.get("track", "both_tracks")
    if wanted not in TRACKS:
        run.warn(12200, f"Transcription track={wanted!r} is not usable; both_tracks is used")
    terms = TranscriptionSettings(
        noun.get("name"),
        TRACKS.get(wanted, TRACKS["both_tracks"]),
        absolute(run, noun, "statusCallbackUrl"),
        method(run, noun, "statusCallbackMethod"),
        noun.get("languageCode", "en-US"),
        noun.is_true("partialResults"),
    )
    return Transcription(run.world, run.call, terms)


@starts("Siprec", "Siprec")
def siprec(run: Run, noun: Verb) -> Fork:
    """Return a SIPREC session."""
    return Siprec(run.world, run.call, terms_of(run, noun, "both_tracks"))
