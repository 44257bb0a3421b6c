"""What a caller hears in passing: in their place, in a room, or while they talk to somebody."""

from __future__ import annotations

from typing import Any

from voice.calls import Call, CallFacts
from voice.conferences import promotion
from voice.control.base import CallCommand
from voice.control.live_update import update_live
from voice.control.places import current_place, waits_in_queue
from voice.control.scene_urls import url_of_scene
from voice.registry.commands import ANNOUNCEMENT


class Interruption(CallCommand):
    """Heard, and then the caller is where they were; a subclass says what is heard."""

    group = "talk"
    cuts_connection = True

    def heard(self) -> dict[str, Any]:
        """The parameters of the scene `interlude`."""
        raise NotImplementedError

    def drops(self, call: Call) -> list[Call]:
        """Nobody: who talks to the call is moved into a room with it."""
        return []

    def execute(self, call: Call, command_id: int) -> CallFacts:
        """In a room as an announcement to this participant; two who talk to each other are moved into one first."""
        seat = self.seat(call, command_id)
        return self._in_place(call, command_id) if seat is None else self.announced(seat, command_id)

    def seat(self, call: Call, command_id: int) -> promotion.Seat | None:
        """Where it is announced, None for a call that is alone. Then it is done when it was heard to its end."""
        seat = promotion.seat_of(self.services, call)
        if seat or self.services.registry.calls.talking_to(call):
            self.services.registry.commands.expect_legs(command_id, [ANNOUNCEMENT])
        return seat or promotion.promoted(self.services, call, command_id)

    def announced(self, seat: promotion.Seat, command_id: int) -> CallFacts:
        """In a room, to one participant."""
        self.note = "announced in the room, to this side alone"
        url = self._url(command_id)
        self.services.twilio.conferences.update_participant(
            seat.conference_sid, seat.call_sid, announce_url=url, announce_method="POST"
        )
        return CallFacts(seat.call_sid, None)

    def _url(self, command_id: int, **more: str) -> str:
        return url_of_scene(self.services, "interlude", {**self.heard(), **more}, command_id)

    def _in_place(self, call: Call, command_id: int) -> CallFacts:
        if waits_in_queue(self.services, call):
            self.note = "afterwards the caller is at the end of the queue"
        place = current_place(self.services, call) or "incoming"
        return update_live(self.services, call.call_sid, url=self._url(command_id, back=place))
