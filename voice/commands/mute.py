"""Mute a participant of a room, and let them be heard again."""

from __future__ import annotations

from typing import Any

from voice.conferences.participant_command import ParticipantCommand


class Mute(ParticipantCommand):
    """The others do not hear this participant any more, who still hears them."""

    name = "mute"
    title = "Mute"

    def change(self) -> dict[str, Any]:
        """Muted."""
        return {"muted": True}


class Unmute(ParticipantCommand):
    """The others hear this participant again."""

    name = "unmute"
    title = "Unmute"

    def change(self) -> dict[str, Any]:
        """Not muted."""
        return {"muted": False}
