"""Listen in, whisper, break in: what a supervisor does in somebody else's talk."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, model_validator

from voice.calls import Call, CallFacts, CallSid
from voice.conferences import promotion
from voice.conferences.invitation import Inviting, OwnNumber, RingSeconds
from voice.conferences.labels import SUPERVISOR
from voice.conferences.participant_command import difference
from voice.conferences.participants import guest
from voice.control.base import Arguments
from voice.errors import WrongState
from voice.scenes.transfer import Party


class SupervisionArguments(Arguments):
    """Whose phone is to ring, or the CallSid of a supervisor who is in the room already."""

    to: Annotated[Party | None, Field(title="Phone to ring")] = None
    from_: OwnNumber = None
    timeout_seconds: RingSeconds = 30
    supervisor: Annotated[CallSid | None, Field(title="Supervisor's call")] = None

    @model_validator(mode="after")
    def _one_of_two(self) -> SupervisionArguments:
        if self.to is None and self.supervisor is None:
            raise ValueError("enter the phone to ring")
        if self.to is not None and self.supervisor is not None:
            raise ValueError("enter the phone to ring or the supervisor's call, not both")
        return self


class _Supervision(Inviting):
    """A supervisor of the call's room; run on the call that is listened to, not on the supervisor's own."""

    Arguments = SupervisionArguments
    label = SUPERVISOR

    def terms(self, call: Call) -> dict[str, Any]:
        """Who hears the supervisor, in Twilio's own field names."""
        raise NotImplementedError

    def execute(self, call: Call, command_id: int) -> CallFacts:
        """A supervisor who is there changes at once, another one is dialled."""
        if self.arguments.supervisor:
            return self._changed(call, promotion.needs_seat(call))
        seat = self.awaited_in(call, command_id) or self.with_lone_caller(call, command_id)
        return self.invite(call, seat, command_id, **self.terms(call))

    def with_lone_caller(self, call: Call, command_id: int) -> promotion.Seat:
        """There is nothing to listen to but what we play."""
        raise WrongState("nobody talks to this caller: to talk to them yourself use `barge`")

    def _changed(self, call: Call, seat: promotion.Seat) -> CallFacts:
        supervisor, asked = self.arguments.supervisor, self.terms(call)
        there = self.services.twilio.conferences.participant(seat.conference_sid, supervisor)
        if there is None or not guest(there).is_supervisor:
            raise WrongState("there is no such supervisor in the room: give `to`, and their phone rings")
        self.doubt = difference(
            asked,
            self.services.twilio.conferences.update_participant(seat.conference_sid, supervisor, **asked),
        )
        self.proof = "answer"
        return CallFacts(call.call_sid, None)


class Monitor(_Supervision):
    """Your phone rings and lets you listen; nobody hears you. Two who talk are moved into a room for that, unheard."""

    name = "monitor"
    title = "Listen in"

    def terms(self, call: Call) -> dict[str, Any]:
        """Nobody."""
        return {"muted": True, "coaching": False}


class Coach(_Supervision):
    """Your phone rings: you hear everybody, and only this side hears you."""

    name = "coach"
    title = "Whisper"

    def terms(self, call: Call) -> dict[str, Any]:
        """This side."""
        return {"muted": False, "coaching": True, "call_sid_to_coach": call.call_sid}


class Barge(_Supervision):
    """Your phone rings, and everybody hears you. A caller who is alone waits with music until you are there."""

    name = "barge"
    title = "Break in"

    def terms(self, call: Call) -> dict[str, Any]:
        """Everybody."""
        return {"muted": False, "coaching": False}

    def with_lone_caller(self, call: Call, command_id: int) -> promotion.Seat:
        """They go back to their place if you do not answer."""
        return self.awaited_alone(call, command_id)
