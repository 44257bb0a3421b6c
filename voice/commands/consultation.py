"""A warm transfer: consult a colleague, connect, complete the transfer; and add a participant."""

from __future__ import annotations

from voice.calls import Call, CallFacts
from voice.commands.participants import Kick
from voice.conferences import promotion
from voice.conferences.invitation import Inviting, InvitingArguments
from voice.conferences.participant_command import ParticipantCommand
from voice.conferences.participants import Guest, guests
from voice.control.scene_urls import url_of_scene
from voice.errors import MidcallError, WrongState


class Consult(Inviting):
    """This side waits on hold, while the other talks to whoever is dialled; then `connect`, and `leave` for the other.

    If whoever is dialled does not answer, or hangs up again, the two are connected again by themselves.
    """

    name = "consult"
    title = "Ask somebody meanwhile"
    hold_kind = "during_consultation"
    Arguments = InvitingArguments

    def execute(self, call: Call, command_id: int) -> CallFacts:
        """Held first, so that nobody who is dialled hears what is not for them. Raises WrongState for a lone caller."""
        seat = self.awaited_in(call, command_id)
        if seat is None or not self._others(seat):
            raise WrongState("nobody talks to this caller who could ask: use `transfer` or `bring_in`")
        music = url_of_scene(self.services, "hold_music", {}, command_id)
        self._hold(seat, hold=True, hold_url=music, hold_method="POST")
        try:
            return self.invite(call, seat, command_id)
        except MidcallError as error:
            if getattr(error, "executed", False) is False:  # nobody is dialled
                self._hold(seat, hold=False)
            raise

    def _others(self, seat: promotion.Seat) -> list[Guest]:
        there = guests(self.services, seat.conference_sid)
        return [one for one in there if one.is_here and not one.listens and one.call_sid != seat.call_sid]

    def _hold(self, seat: promotion.Seat, **change: object) -> None:
        self.services.twilio.conferences.update_participant(seat.conference_sid, seat.call_sid, **change)


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
                self.services.twilio.conferences.update_participant(
                    seat.conference_sid, other.call_sid, hold=False
                )
        self.take_out(seat)
        return CallFacts(call.call_sid, None)


class BringIn(Inviting):
    """Somebody else is dialled, and takes part in the talk; they may hear an introduction first, alone."""

    name = "bring_in"
    title = "Bring somebody in"
    Arguments = InvitingArguments

    def execute(self, call: Call, command_id: int) -> CallFacts:
        """Two who talk to each other, or a caller who is alone, are moved into a room first."""
        seat = self.awaited_in(call, command_id) or self.awaited_alone(call, command_id)
        return self.invite(call, seat, command_id)
