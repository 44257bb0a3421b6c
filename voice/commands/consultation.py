"""A warm transfer: consult a colleague, connect all, complete the transfer. And add a participant."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from voice.calls import Call, CallFacts
from voice.conferences.changes import change_participant
from voice.conferences.invitation import Invitation, InvitationArguments
from voice.conferences.membership import Membership, require_membership
from voice.conferences.participant_command import ParticipantCommand
from voice.conferences.participants import Participant, list_participants
from voice.control.scene_urls import url_of_scene
from voice.errors import MidcallError, WrongState


class Consult(Invitation):
    """This party waits on hold while the other one talks to a colleague, whose phone rings.

    Continue with `connect`, and with `leave` for the other party. If the colleague does not answer, or hangs up, the
    two parties are connected again.
    """

    name = "consult"
    title = "Consult a colleague"
    hold_kind = "during_consultation"
    Arguments = InvitationArguments

    def execute(self, call: Call, command_id: int) -> CallFacts:
        """Hold first, so that this party hears nothing of the consultation. Raises WrongState for a lone caller."""
        member = self.prepare(call, command_id)
        if member is None or not self._talks(member):
            raise WrongState(
                "No agent talks to this caller. Use “Transfer” (`transfer`) or “Add participant” (`bring_in`) instead."
            )
        music = url_of_scene(self.services, "hold_music", {}, command_id)
        self._update(member, hold=True, hold_url=music, hold_method="POST")
        try:
            return self.dial(call, member.name, command_id)
        except MidcallError as error:
            if getattr(error, "executed", False) is False:  # Twilio has dialed no phone
                self._update(member, hold=False)
            raise

    def _talks(self, member: Membership) -> bool:
        found = list_participants(self.services, member.conference_sid)
        return any(one.has_joined and not one.listens and one.call_sid != member.call_sid for one in found)

    def _update(self, member: Membership, **attributes: Any) -> None:
        change_participant(self.services, member, **attributes)


class Connect(ParticipantCommand):
    """Participants on hold return to the conversation, so that all participants hear each other."""

    name = "connect"
    title = "Connect all"

    def execute(self, call: Call, command_id: int) -> CallFacts:
        """Raises WrongState outside a conference, and if no participant is on hold."""
        member = require_membership(call)
        held = [one for one in list_participants(self.services, member.conference_sid) if one.on_hold]
        if not held:
            raise WrongState("No participant is on hold.")
        for one in held:
            self.update(replace(member, call_sid=one.call_sid), {"hold": False})
        return CallFacts(call.call_sid, None)


class Leave(ParticipantCommand):
    """This participant leaves; the others are taken off hold and continue without them."""

    name = "leave"
    title = "Complete transfer"

    def execute(self, call: Call, command_id: int) -> CallFacts:
        """Raises WrongState unless two participants remain who can talk to each other."""
        member = require_membership(call)
        remaining = self._remaining(member)
        if len(remaining) < 2:
            raise WrongState("Wait until two other participants are in the conference.")
        for other in remaining:
            if other.on_hold:
                change_participant(self.services, replace(member, call_sid=other.call_sid), hold=False)
        self.remove(member)
        return CallFacts(call.call_sid, None)

    def _remaining(self, member: Membership) -> list[Participant]:
        found = list_participants(self.services, member.conference_sid)
        return [
            one for one in found if one.has_joined and not one.listens and one.call_sid != member.call_sid
        ]


class BringIn(Invitation):
    """Another phone rings and joins the conversation; it can hear an introduction first."""

    name = "bring_in"
    title = "Add participant"
    Arguments = InvitationArguments

    def execute(self, call: Call, command_id: int) -> CallFacts:
        """Promote the call first, also for a caller who is alone."""
        member = self.prepare(call, command_id)
        return self.dial(call, member.name, command_id) if member else self.dial_alone(call, command_id)
