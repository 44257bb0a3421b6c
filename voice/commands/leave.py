"""Leave a room to the others: the last step of a warm transfer."""

from __future__ import annotations

from voice.calls import Call, CallFacts
from voice.commands.kick import Kick
from voice.conferences import promotion
from voice.conferences.participants import guests
from voice.errors import WrongState


class Leave(Kick):
    """This side leaves the room to the others: who waits on hold is connected first, then they go on without it."""

    name = "leave"
    title = "Leave the others to it"

    def execute(self, call: Call, command_id: int) -> CallFacts:
        """Raises WrongState unless two are left who can talk to each other."""
        seat = promotion.needs_seat(call)
        others = [other for other in guests(self.services, seat.conference_sid) if not other.listens]
        left = [other for other in others if other.is_here and other.call_sid != call.call_sid]
        if len(left) < 2:
            raise WrongState("nobody would be left to talk to: wait until two others are in the room")
        for other in left:
            if other.on_hold:
                self.services.rooms.change(seat.conference_sid, other.call_sid, hold=False)
        self.take_out(seat)
        return CallFacts(call.call_sid, None)
