"""Take a participant out of their room."""

from __future__ import annotations

from voice.calls import Call, CallFacts
from voice.conferences import promotion
from voice.control.base import CallCommand, Proof


class Kick(CallCommand):
    """They leave the room and go on with what follows it for them; the others go on talking."""

    name = "kick"
    title = "Take out of the room"
    needs_conference = True
    group = "room"

    @property
    def proof(self) -> Proof:
        """Twilio does not list them any more."""
        return "answer"

    def execute(self, call: Call, command_id: int) -> CallFacts:
        """Raises WrongState outside of a room."""
        self.take_out(promotion.needs_seat(call))
        return CallFacts(call.call_sid, None)

    def take_out(self, seat: promotion.Seat) -> None:
        """Ask for it, and look."""
        self.services.rooms.remove(seat.conference_sid, seat.call_sid)
        if self.services.rooms.participant(seat.conference_sid, seat.call_sid):
            self.doubt = "Twilio said yes, and still lists them in the room"
