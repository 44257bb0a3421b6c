"""What a supervisor does in a conversation: listen in, whisper, join the call."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any, ClassVar

from pydantic import Field, model_validator

from voice.calls import Call, CallFacts, CallSid
from voice.conferences.changes import change_participant
from voice.conferences.invitation import PHONE, Invitation, OwnNumber, RingSeconds
from voice.conferences.labels import SUPERVISOR
from voice.conferences.membership import Membership, require_membership
from voice.conferences.participant_command import difference
from voice.conferences.participants import from_twilio
from voice.control.base import Arguments
from voice.errors import WrongState
from voice.scenes.transfer import Party


class SupervisionArguments(Arguments):
    """The supervisor's phone, or the CallSid of a supervisor who is in the conference already."""

    to: Annotated[Party | None, PHONE] = None
    from_: OwnNumber = None
    timeout_seconds: RingSeconds = 30
    supervisor: Annotated[CallSid | None, Field(title="Supervisor's call")] = None

    @model_validator(mode="after")
    def _check_alternatives(self) -> SupervisionArguments:
        if self.to is None and self.supervisor is None:
            raise ValueError("enter the phone to ring")
        if self.to is not None and self.supervisor is not None:
            raise ValueError("enter the phone to ring or the supervisor's call, not both")
        return self


class _Supervision(Invitation):
    """A supervisor in the conference of the call. The command runs on the supervised call."""

    Arguments = SupervisionArguments
    label = SUPERVISOR
    joins_lone_caller: ClassVar[bool] = False  # else the supervisor would hear only what Midcall plays

    def rings_phone(self) -> bool:
        """False for a supervisor who is in the conference: only what they hear and say changes."""
        return self.arguments.supervisor is None

    def attributes(self, call: Call) -> dict[str, Any]:
        """Twilio's attributes that decide which participants hear the supervisor."""
        raise NotImplementedError

    def execute(self, call: Call, command_id: int) -> CallFacts:
        """Change a supervisor who is in the conference, or dial one."""
        if self.arguments.supervisor:
            return self._update(call, require_membership(call))
        member = self.prepare(call, command_id)
        if member is None and not self.joins_lone_caller:
            raise WrongState("The caller is alone. Use “Join call” (`barge`) to talk to them.")
        if member is None:
            return self.dial_alone(call, command_id, **self.attributes(call))
        return self.dial(call, member.name, command_id, **self.attributes(call))

    def _update(self, call: Call, member: Membership) -> CallFacts:
        attributes, sid = self.attributes(call), self.arguments.supervisor
        supervisor = self.services.twilio.conferences.participant(member.conference_sid, sid)
        if supervisor is None or not from_twilio(supervisor).is_supervisor:
            raise WrongState("This supervisor is not in the conference. Enter the phone to ring instead.")
        changed = change_participant(self.services, replace(member, call_sid=sid), **attributes)
        self.doubt = difference(attributes, changed)
        self.proof = "answer"
        return CallFacts(call.call_sid, None)


class Monitor(_Supervision):
    """Your phone rings and you listen to both parties; neither hears you."""

    name = "monitor"
    title = "Listen in"

    def attributes(self, call: Call) -> dict[str, Any]:
        """No participant hears the supervisor."""
        return {"muted": True, "coaching": False}


class Coach(_Supervision):
    """Your phone rings; you hear all participants, and only this one hears you."""

    name = "coach"
    title = "Whisper"

    def attributes(self, call: Call) -> dict[str, Any]:
        """This participant hears the supervisor."""
        return {"muted": False, "coaching": True, "call_sid_to_coach": call.call_sid}


class Barge(_Supervision):
    """Your phone rings and all participants hear you; a caller who is alone waits with music."""

    name = "barge"
    title = "Join call"
    joins_lone_caller = True

    def attributes(self, call: Call) -> dict[str, Any]:
        """All participants hear the supervisor."""
        return {"muted": False, "coaching": False}
