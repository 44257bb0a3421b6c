"""Bring somebody else into the talk."""

from __future__ import annotations

from voice.calls import Call, CallFacts
from voice.conferences.invitation import Inviting, InvitingArguments


class BringIn(Inviting):
    """Somebody else is dialled, and takes part in the talk; they may hear an introduction first, alone."""

    name = "bring_in"
    title = "Bring somebody in"
    Arguments = InvitingArguments

    def execute(self, call: Call, command_id: int) -> CallFacts:
        """Two who talk to each other, or a caller who is alone, are moved into a room first."""
        seat = self.awaited_in(call, command_id) or self.awaited_alone(call, command_id)
        return self.invite(call, seat, command_id)
