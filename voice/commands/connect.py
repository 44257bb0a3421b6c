"""Bring whoever waits back into the talk: the second step of a warm transfer."""

from __future__ import annotations

from voice.calls import Call, CallFacts
from voice.conferences import promotion
from voice.conferences.participant_command import ParticipantCommand
from voice.conferences.participants import guests
from voice.errors import WrongState


class Connect(ParticipantCommand):
    """Everybody in the room hears everybody: whoever is on hold there is taken back."""

    name = "connect"
    title = "Connect all"

    def execute(self, call: Call, command_id: int) -> CallFacts:
        """Raises WrongState outside of a room, and where nobody is on hold."""
        seat = promotion.needs_seat(call)
        held = [other for other in guests(self.services, seat.conference_sid) if other.on_hold]
        if not held:
            raise WrongState("nobody in the room is on hold")
        for other in held:
            self.changed(promotion.Seat(seat.conference_sid, other.call_sid), {"hold": False})
        return CallFacts(call.call_sid, None)
