"""Put a call on hold, and resume it."""

from __future__ import annotations

from typing import Any

from voice.calls import Call, CallFacts
from voice.conferences.changes import change_participant
from voice.conferences.holds import is_held
from voice.conferences.membership import Membership, find_membership
from voice.conferences.promotion import promote_talk
from voice.control.base import CallCommand
from voice.control.call_services import CallServices
from voice.control.live_update import update_live
from voice.control.places import current_place, is_on_hold, waits_in_queue, waits_on_hold
from voice.control.scene_urls import url_of_scene
from voice.errors import WrongState
from voice.registry.command_legs import HOLD_LEG
from voice.scenes.place import back_in, url_of_place

ON_HOLD = "The call is already on hold."
NOT_ON_HOLD = "The call is not on hold."


class _HoldCommand(CallCommand):
    """In a conference the command changes the participant, elsewhere it redirects the call."""

    group = "talk"
    needs = ("calls", "conferences", "participants")

    def _set_hold(
        self, call: Call, member: Membership, hold: bool, command_id: int, **attributes: Any
    ) -> CallFacts:
        """Twilio's answer confirms the command if it shows the wanted state; else the request for music does."""
        if is_held(self.services, call, member, before=command_id) == hold:
            raise WrongState(ON_HOLD if hold else NOT_ON_HOLD)
        if change_participant(self.services, member, hold=hold, **attributes)["hold"] == hold:
            self.proof = "answer"
        return CallFacts(member.call_sid, None)


class Hold(_HoldCommand):
    """The caller hears music until you resume the call; another party on the call is not held.

    Two parties who talk to each other move into a conference first, so that only one of them hears the music.
    """

    name = "hold"
    title = "Put on hold"
    hold_kind = "until_resumed"
    involves_talk = True
    button, shortcut = 4, "h"

    @classmethod
    def is_available(cls, services: CallServices, call: Call) -> bool:
        """False for a call on hold."""
        return super().is_available(services, call) and not is_on_hold(services, call)

    def execute(self, call: Call, command_id: int) -> CallFacts:
        """In a conference use Twilio's hold, elsewhere the scene `hold`, whose URL keeps the place to resume."""
        member = find_membership(self.services, call) or self._promote(call, command_id)
        if member:
            music = url_of_scene(self.services, "hold_music", {}, command_id)
            return self._set_hold(call, member, True, command_id, hold_url=music, hold_method="POST")
        if waits_on_hold(self.services, call):
            raise WrongState(ON_HOLD)
        back = current_place(self.services, call)
        url = url_of_scene(self.services, "hold", {"back": back}, command_id)
        return update_live(self.services, call.call_sid, url=url)

    def _promote(self, call: Call, command_id: int) -> Membership | None:
        """The membership after a promotion, whose visits do not confirm the hold; None for a lone caller."""
        commands = self.services.registry.commands
        if not self.services.registry.calls.talking_to(call):
            return None
        commands.expect_legs(command_id, [HOLD_LEG])
        member = promote_talk(self.services, call, command_id)
        commands.complete_leg(command_id, HOLD_LEG)
        return member


class Resume(_HoldCommand):
    """The caller continues where they were before hold or park."""

    name = "resume"
    title = "Resume call"
    ends_hold = True
    button, shortcut = 5, "h"

    @classmethod
    def is_available(cls, services: CallServices, call: Call) -> bool:
        """True for a call on hold or in a queue."""
        waits = is_on_hold(services, call) or waits_in_queue(services, call)
        return super().is_available(services, call) and waits

    def execute(self, call: Call, command_id: int) -> CallFacts:
        """In a conference end Twilio's hold, elsewhere redirect to the place that the caller left."""
        member = find_membership(self.services, call)
        if member:
            return self._set_hold(call, member, False, command_id)
        if not (waits_on_hold(self.services, call) or waits_in_queue(self.services, call)):
            raise WrongState(NOT_ON_HOLD)
        place = back_in(call.scene_url) or "incoming"
        url = url_of_place(self.services.config, place, command_id)
        return update_live(self.services, call.call_sid, url=url)
