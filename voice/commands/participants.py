"""What is done to one participant of a conference: mute, unmute, remove, end the conference with them."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from voice.calls import Call, CallFacts
from voice.conferences import promotion
from voice.conferences.participant_command import ParticipantCommand, difference
from voice.control.base import Arguments, CallCommand
from voice.errors import WrongState


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


class Kick(CallCommand):
    """They leave the room and go on with what follows it for them; the others go on talking."""

    name = "kick"
    title = "Take out of the room"
    needs_conference = True
    group = "room"

    proof = "answer"  # twilio does not list them any more

    def execute(self, call: Call, command_id: int) -> CallFacts:
        """Raises WrongState outside of a room."""
        self.take_out(promotion.needs_seat(call))
        return CallFacts(call.call_sid, None)

    def take_out(self, seat: promotion.Seat) -> None:
        """Ask for it, and look."""
        self.services.twilio.conferences.remove_participant(seat.conference_sid, seat.call_sid)
        if self.services.twilio.conferences.participant(seat.conference_sid, seat.call_sid):
            self.doubt = "Twilio said yes, and still lists them in the room"


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
        self.services.twilio.conferences.update_participant(
            seat.conference_sid, seat.call_sid, hold=False, **asked
        )
        self.doubt = difference(asked, self._participant(seat) or {})
        return CallFacts(call.call_sid, None)

    def _participant(self, seat: promotion.Seat) -> dict[str, Any] | None:
        return self.services.twilio.conferences.participant(seat.conference_sid, seat.call_sid)
