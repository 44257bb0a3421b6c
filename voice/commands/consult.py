"""Ask somebody else while the caller waits: the first step of a warm transfer."""

from __future__ import annotations

from voice.calls import Call, CallFacts
from voice.conferences import promotion
from voice.conferences.invitation import Inviting, InvitingArguments
from voice.conferences.participants import Guest, guests
from voice.control.base import url_of_scene
from voice.errors import MidcallError, WrongState


class Consult(Inviting):
    """This side waits on hold, while the other talks to whoever is dialled; then `connect`, and `leave` for the other.

    If whoever is dialled does not answer, or hangs up again, the two are connected again by themselves.
    """

    name = "consult"
    title = "Ask somebody meanwhile"
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
        self.services.rooms.change(seat.conference_sid, seat.call_sid, **change)
