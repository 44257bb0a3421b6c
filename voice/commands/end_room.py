"""End a room for all, now, or as soon as one participant leaves it."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from voice.calls import Call, CallFacts
from voice.conferences import promotion
from voice.conferences.participant_command import ParticipantCommand, difference
from voice.control.base import Arguments
from voice.errors import WrongState


class EndRoom(ParticipantCommand):
    """Everybody goes on with what follows the room for them; who was dialled into it is hung up on."""

    name = "end_room"
    title = "End the room for all"

    def drops(self, call: Call) -> list[Call]:
        """Those for whom nothing follows; that needs no second word, as it is what is asked for."""
        return [other for other in self.services.registry.rooms.others(call) if other.scene is None]

    def execute(self, call: Call, command_id: int) -> CallFacts:
        """Raises WrongState outside of a room. A phone that rings for the room stops ringing."""
        seat = promotion.needs_seat(call)
        asked = {"status": "completed"}
        self.doubt = difference(asked, self.services.rooms.change_room(seat.conference_sid, **asked))
        return CallFacts(call.call_sid, None)


class EndsRoomArguments(Arguments):
    """Whether it does."""

    value: Annotated[bool, Field(title="The room ends when they leave")] = True


class EndsRoom(ParticipantCommand):
    """The room ends for all when this participant leaves it, or it does not any more."""

    name = "ends_room"
    title = "Room ends with them"
    Arguments = EndsRoomArguments

    def change(self) -> dict[str, Any]:
        """Twilio's name for it is EndConferenceOnExit."""
        return {"end_conference_on_exit": self.arguments.value}

    def execute(self, call: Call, command_id: int) -> CallFacts:
        """Sent with `Hold=false`, without which Twilio may say yes and do nothing; then read back.

        That would take somebody off hold, so that such a one is refused.
        Source: https://github.com/twilio/twilio-go/issues/259
        """
        seat = promotion.needs_seat(call)
        if (self._participant(seat) or {}).get("hold"):
            raise WrongState("they are on hold, and Twilio ignores it then: take them back first (`resume`)")
        asked = self.change()
        self.services.rooms.change(seat.conference_sid, seat.call_sid, hold=False, **asked)
        self.doubt = difference(asked, self._participant(seat) or {})
        return CallFacts(call.call_sid, None)

    def _participant(self, seat: promotion.Seat) -> dict[str, Any] | None:
        return self.services.rooms.participant(seat.conference_sid, seat.call_sid)
