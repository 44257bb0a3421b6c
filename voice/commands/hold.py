"""Put on hold, and take back."""

from __future__ import annotations

from typing import Any

from voice.calls import Call, CallFacts
from voice.conferences import promotion
from voice.control.base import CallCommand
from voice.control.call_services import CallServices
from voice.control.live_update import update_live
from voice.control.places import current_place, is_on_hold, waits_in_queue, waits_on_hold
from voice.control.scene_urls import url_of_scene
from voice.errors import WrongState
from voice.scenes.place import back_in, url_of_place


class _Holding(CallCommand):
    """What both have in common: in a room the participant is held, elsewhere the call changes its place."""

    group = "talk"

    def _held(self, seat: promotion.Seat, hold: bool, **more: Any) -> CallFacts:
        participant = self.services.twilio.conferences.participant(seat.conference_sid, seat.call_sid)
        if participant and participant["hold"] == hold:
            raise WrongState("the call is on hold already" if hold else "the call is not on hold")
        changed = self.services.twilio.conferences.update_participant(
            seat.conference_sid, seat.call_sid, hold=hold, **more
        )
        if changed["hold"] == hold:
            self.proof = "answer"
        return CallFacts(seat.call_sid, None)


class Hold(_Holding):
    """The caller hears music until `resume`; two who talk are moved into a room, and only this side is held."""

    name = "hold"
    title = "Put on hold"
    hold_kind = "until_resumed"
    button, shortcut = 4, "h"

    @classmethod
    def is_available(cls, services: CallServices, call: Call) -> bool:
        """Not for a call on hold."""
        return super().is_available(services, call) and not is_on_hold(services, call)

    def execute(self, call: Call, command_id: int) -> CallFacts:
        """In a room by Twilio's own hold, elsewhere by the scene `hold`, which knows the way back."""
        seat = promotion.seat_of(self.services, call) or promotion.promoted(self.services, call, command_id)
        if seat:
            music = url_of_scene(self.services, "hold_music", {}, command_id)
            return self._held(seat, True, hold_url=music, hold_method="POST")
        if waits_on_hold(self.services, call):
            raise WrongState("the call is on hold already")
        back = current_place(self.services, call)
        return update_live(
            self.services, call.call_sid, url=url_of_scene(self.services, "hold", {"back": back}, command_id)
        )


class Resume(_Holding):
    """The caller goes on where they were before `hold` or `park`."""

    name = "resume"
    title = "Take back from hold"
    button, shortcut = 5, "h"

    @classmethod
    def is_available(cls, services: CallServices, call: Call) -> bool:
        """Only for a call on hold or in a queue."""
        waits = is_on_hold(services, call) or waits_in_queue(services, call)
        return super().is_available(services, call) and waits

    def execute(self, call: Call, command_id: int) -> CallFacts:
        """To the place that was left, or back into the room's talk."""
        seat = promotion.seat_of(self.services, call)
        if seat:
            return self._held(seat, False)
        if not (waits_on_hold(self.services, call) or waits_in_queue(self.services, call)):
            raise WrongState("the call is not on hold")
        place = back_in(call.scene_url) or "incoming"
        return update_live(
            self.services, call.call_sid, url=url_of_place(self.services.config, place, command_id)
        )
