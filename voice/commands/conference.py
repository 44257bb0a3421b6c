"""Move the call, and whoever it talks to, into a room."""

from __future__ import annotations

from voice.calls import Call, CallFacts
from voice.conferences import promotion
from voice.control.base import CallCommand
from voice.errors import WrongState


class Conference(CallCommand):
    """Both sides go on talking, each as a participant who can be held, muted, announced to, coached or removed."""

    name = "conference"
    title = "Move into a room"
    group = "room"

    def execute(self, call: Call, command_id: int) -> CallFacts:
        """The dialled leg first, then the other; nobody is dropped."""
        if promotion.seat_of(self.services, call):
            raise WrongState("the call is in a room already")
        promotion.promote(self.services, call, self.services.registry.calls.talking_to(call), command_id)
        return CallFacts(call.call_sid, None)
