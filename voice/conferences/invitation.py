"""Somebody is dialled into the room of a call; the command is done when they are there."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from voice.calls import NOT_REACHED, Call, CallFacts
from voice.conferences import promotion
from voice.conferences.labels import GUEST, label_for
from voice.control.base import Arguments, CallCommand
from voice.control.scene_urls import url_of_scene
from voice.events import NewEvent
from voice.registry.commands import UNDIALED_LEG
from voice.scenes.transfer import Introduction, Party
from voice.twilio.calls import PROGRESS_EVENTS, call_facts

OwnNumber = Annotated[str | None, Field(alias="from", min_length=1, max_length=255, title="From")]
RingSeconds = Annotated[int, Field(ge=5, le=600, title="Ring for (seconds)")]


class InvitingArguments(Arguments):
    """Whom to dial, and as whom: the number of ours that the call came to, or from, unless told otherwise."""

    to: Annotated[Party, Field(title="Phone to ring")]
    from_: OwnNumber = None
    timeout_seconds: RingSeconds = 30
    introduction: Introduction = None


class Inviting(CallCommand):
    """What a subclass does with the room, and on what terms who is dialled takes part in it."""

    group = "room"
    dials_out = True
    label = GUEST

    def awaited_in(self, call: Call, command_id: int) -> promotion.Seat | None:
        """The seat of the call, moved into a room with whom it talks to; None for one who is alone.

        From here on the command waits for somebody who has no CallSid yet.
        """
        self.services.registry.commands.expect_legs(command_id, [UNDIALED_LEG])
        return promotion.seat_of(self.services, call) or promotion.promoted(self.services, call, command_id)

    def awaited_alone(self, call: Call, command_id: int) -> promotion.Seat:
        """The seat of a caller who was alone, and goes back to their place if nobody comes."""
        promotion.promote(self.services, call, [], command_id)
        self.note = "the caller hears music until somebody is there"
        return promotion.arrived(self.services, call)

    def invite(self, call: Call, seat: promotion.Seat, command_id: int, **terms: Any) -> CallFacts:
        """Dial them. Raises as TwilioConferences does."""
        room = promotion.room_of(self.services, call)
        how = self._introduced if getattr(self.arguments, "introduction", None) else self._dialled
        facts = how(room, seat, command_id, self._asked(call), terms)
        self.services.registry.commands.set_leg_call_sid(command_id, facts.call_sid)
        self._expect(facts)
        return CallFacts(call.call_sid, None)

    def _asked(self, call: Call) -> dict[str, Any]:
        return {
            "to": self.arguments.to,
            "from_": self.arguments.from_ or promotion.own_number(self.services, call),
            "timeout": self.arguments.timeout_seconds,
            "status_callback": f"{self.services.config['PUBLIC_URL']}/voice/status",
            "status_callback_event": PROGRESS_EVENTS,
        }

    def _dialled(
        self, room: str, seat: promotion.Seat, command_id: int, asked: dict[str, Any], terms: dict[str, Any]
    ) -> CallFacts:
        """By the room, whose callback names the command when they join: they are labelled with it."""
        label = label_for(self.label, command_id)
        added = self.services.twilio.conferences.add_participant(
            seat.conference_sid, beep="false", label=label, **asked, **terms
        )
        return _expected(added["call_sid"], seat, room, asked)

    def _introduced(
        self, room: str, seat: promotion.Seat, command_id: int, asked: dict[str, Any], _terms: dict[str, Any]
    ) -> CallFacts:
        """As a call of their own, which hears the introduction and then joins: a room cannot do that."""
        words = {"text": self.arguments.introduction, "back": f"scenes/room?name={room}"}
        url = url_of_scene(self.services, "interlude", words, command_id)
        dialled = call_facts(self.services.twilio.calls.create(url=url, **asked))
        return _expected(dialled.call_sid, seat, room, asked)

    def _expect(self, facts: CallFacts) -> None:
        """The registry has them on the way to the room; whoever was quicker than that has come, or is gone."""
        about = {"room": facts.room, "conference_sid": facts.conference_sid}
        event = NewEvent("room.invited", "twilio.answer", facts.call_sid, about)
        self.services.registry.events.record(event, facts)
        known = self.services.registry.calls.get(facts.call_sid)
        if known and known.in_room:
            self.proof = "answer"
        if known and not known.live:
            self.doubt = NOT_REACHED.get(known.status, "they have hung up already")


def _expected(call_sid: str, seat: promotion.Seat, room: str, asked: dict[str, Any]) -> CallFacts:
    return CallFacts(
        call_sid,
        "queued",
        asked["from_"],
        asked["to"],
        "outbound-api",
        conference_sid=seat.conference_sid,
        room=room,
        room_sequence=0,
    )
