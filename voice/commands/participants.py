"""Change one participant of a conference: mute, unmute, remove, end the conference when they leave."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from voice.calls import Call, CallFacts
from voice.conferences.changes import change_participant
from voice.conferences.holds import is_held
from voice.conferences.membership import Membership, require_membership
from voice.conferences.participant_command import ParticipantCommand, difference
from voice.control.base import Arguments
from voice.control.live_update import CATCH_UP_DELAYS
from voice.errors import WrongState


class Mute(ParticipantCommand):
    """The other participants no longer hear this one."""

    name = "mute"
    title = "Mute"

    def attributes(self) -> dict[str, Any]:
        """Muted."""
        return {"muted": True}


class Unmute(ParticipantCommand):
    """The other participants hear this one again."""

    name = "unmute"
    title = "Unmute"

    def attributes(self) -> dict[str, Any]:
        """Not muted."""
        return {"muted": False}


class Kick(ParticipantCommand):
    """This participant leaves the conference; the others continue."""

    name = "kick"
    title = "Remove participant"

    def execute(self, call: Call, command_id: int) -> CallFacts:
        """Remove them. Raises WrongState outside a conference."""
        self.remove(require_membership(call))
        return CallFacts(call.call_sid, None)


class EndsRoomArguments(Arguments):
    """The new value."""

    value: Annotated[bool, Field(title="End conference when they leave")] = True


class EndsRoom(ParticipantCommand):
    """When this participant leaves, the conference ends for all; switch it off to let the others continue."""

    name = "ends_room"
    title = "End conference when they leave"
    Arguments = EndsRoomArguments

    def attributes(self) -> dict[str, Any]:
        """Twilio's EndConferenceOnExit."""
        return {"end_conference_on_exit": self.arguments.value}

    def execute(self, call: Call, command_id: int) -> CallFacts:
        """Send the value with `Hold=false`, without which Twilio may accept it and do nothing; then read it back.

        `Hold=false` would take a participant off hold, so the command is refused for a participant on hold.
        Source: https://github.com/twilio/twilio-go/issues/259
        """
        member = require_membership(call)
        if is_held(self.services, call, member, before=command_id):
            raise WrongState("The participant is on hold. Resume the call first.")
        attributes = self.attributes()
        change_participant(self.services, member, hold=False, **attributes)
        self.doubt = self._read_back(member, attributes)
        return CallFacts(call.call_sid, None)

    def _read_back(self, member: Membership, attributes: dict[str, Any]) -> str | None:
        """The values that Twilio's API still shows otherwise after a moment, in words; None if there are none."""
        conferences, doubt = self.services.twilio.conferences, None
        for delay in (*CATCH_UP_DELAYS, 0.0):
            shown = conferences.participant(member.conference_sid, member.call_sid)
            doubt = difference(attributes, shown or {})
            if doubt is None:
                return None
            self.services.clock.sleep(delay)
        return doubt
