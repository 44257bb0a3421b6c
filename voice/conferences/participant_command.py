"""Base class of the commands for one participant: Twilio's answer shows whether the change took effect."""

from __future__ import annotations

from typing import Any

from voice.calls import Call, CallFacts
from voice.conferences.changes import change_participant, remove_participant
from voice.conferences.membership import Membership, require_membership
from voice.control.base import CallCommand, Proof


class ParticipantCommand(CallCommand):
    """A command that changes a participant of a conference."""

    group = "room"
    needs_conference = True
    proof: Proof = "answer"
    needs = ("participants",)

    def attributes(self) -> dict[str, Any]:
        """The new values of Twilio's attributes."""
        raise NotImplementedError

    def execute(self, call: Call, command_id: int) -> CallFacts:
        """Change this participant. Raises WrongState for a call that is in no conference."""
        self.update(require_membership(call), self.attributes())
        return CallFacts(call.call_sid, None)

    def update(self, member: Membership, attributes: dict[str, Any]) -> None:
        """Change a participant. If the answer shows other values, set `doubt`."""
        answer = change_participant(self.services, member, **attributes)
        self.doubt = self.doubt or difference(attributes, answer)

    def remove(self, member: Membership) -> None:
        """Remove a participant. If nothing shows that they left, set `doubt`."""
        self.doubt = remove_participant(self.services, member)


def difference(wanted: dict[str, Any], answer: dict[str, Any]) -> str | None:
    """The values in which Twilio's answer differs from the request, in words; None if there are none."""
    others = [name for name, value in wanted.items() if answer.get(name) != value]
    shown = ", ".join(f"{name} is {str(answer.get(name)).lower()}" for name in others)
    return f"Twilio accepted the request, but shows other values: {shown}." if others else None
