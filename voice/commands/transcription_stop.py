"""Stop a transcription."""

from __future__ import annotations

from voice.commands.forks import ForkStop


class TranscriptionStop(ForkStop):
    """What is said is written down no longer."""

    name = "transcription_stop"
    title = "Stop a transcription"
    kind, fork = "transcription", "transcriptions"
