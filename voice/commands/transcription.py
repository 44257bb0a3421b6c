"""Transcribe a call."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from voice.control.base import Arguments
from voice.control.fork_command import ForkFamily, ForkStart, ForkStop, Name, Track
from voice.scenes.fields import LANGUAGE

TRANSCRIPTION = ForkFamily(
    "transcription", "transcriptions", start="transcription_start", stop="transcription_stop"
)


class TranscriptionStartArguments(Arguments):
    """The name of the transcription, the audio track, and the spoken language."""

    name: Name = None
    track: Track = "both_tracks"
    language: Annotated[str, LANGUAGE, Field(title="Language")] = "en-US"


class TranscriptionStart(ForkStart):
    """The timeline of the call shows what both parties say, including secrets."""

    name = TRANSCRIPTION.start
    title = "Start transcription"
    family = TRANSCRIPTION
    needs = ("transcriptions",)
    callback = "status_callback_url"
    Arguments = TranscriptionStartArguments

    def attributes(self) -> dict[str, Any]:
        """Track and language."""
        return {"track": self.arguments.track, "language_code": self.arguments.language}


class TranscriptionStop(ForkStop):
    """The timeline of the call no longer shows what the parties say."""

    name = TRANSCRIPTION.stop
    title = "Stop transcription"
    family = TRANSCRIPTION
    needs = ("transcriptions",)
