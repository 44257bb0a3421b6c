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
    """Under which name, whose voice, and in which language it is spoken."""

    name: Name = None
    track: Track = "both_tracks"
    language: Annotated[str, LANGUAGE, Field(title="Language")] = "en-US"


class TranscriptionStart(ForkStart):
    """What both sides say stands in the call's events, as they say it; so does a secret that is spoken."""

    name = TRANSCRIPTION.start
    title = "Start a transcription"
    family = TRANSCRIPTION
    callback = "status_callback_url"
    Arguments = TranscriptionStartArguments

    def wanted(self) -> dict[str, Any]:
        """Track and language."""
        return {"track": self.arguments.track, "language_code": self.arguments.language}


class TranscriptionStop(ForkStop):
    """What is said is written down no longer."""

    name = TRANSCRIPTION.stop
    title = "Stop a transcription"
    family = TRANSCRIPTION
