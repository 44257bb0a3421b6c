"""Invitations: a phone rings and joins the conference of a call. The join event confirms the command."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from voice.calls import NOT_REACHED, Call, CallFacts
from voice.conferences.labels import GUEST, label_for
from voice.conferences.membership import Membership, conference_name, find_membership, own_number
from voice.conferences.promotion import promote, promote_talk, wait_for_join
from voice.control.base import Arguments, CallCommand
from voice.control.scene_urls import url_of_scene
from voice.events import NewEvent
from voice.registry.command_legs import UNDIALED_LEG
from voice.scenes.transfer import Introduction, Party
from voice.twilio.calls import PROGRESS_EVENTS, call_facts, in_one_value

OwnNumber = Annotated[str | None, Field(alias="from", min_length=1, max_length=255, title="From")]
RingSeconds = Annotated[int, Field(ge=5, le=600, title="Ring for (seconds)")]
EXTRA_SECONDS = (
    5  # that Twilio adds to Timeout: https://www.twilio.com/docs/voice/api/call-resource#create-a-call
)
PHONE = Field(title="Phone to ring", examples=["+14155550188"])


class InvitationArguments(Arguments):
    """The phone to ring. `from` is the number of the account that the call came to, or that dialed it, by default."""

    to: Annotated[Party, PHONE]
    from_: OwnNumber = None
    timeout_seconds: RingSeconds = 30
    introduction: Introduction = None


class Invitation(CallCommand):
    """A command that dials a participant. A subclass prepares the conference and sets the participant's attributes."""

    group = "room"
    dials_out = True
    label = GUEST

    def prepare(self, call: Call, command_id: int) -> Membership | None:
        """The membership of the call, after a promotion if it talks to a party; None for a caller who is alone.

        From here on the command waits for a participant who has no CallSid yet.
        """
        self.services.registry.commands.expect_legs(command_id, [UNDIALED_LEG])
        return find_membership(self.services, call) or promote_talk(self.services, call, command_id)

    def prepare_alone(self, call: Call, command_id: int) -> Membership:
        """The membership of a caller who was alone; they return to their place if no participant joins."""
        promote(self.services, call, [], command_id)
        self.note = "The caller hears music until a participant joins."
        return wait_for_join(self.services, call)

    def dial(self, call: Call, member: Membership, command_id: int, **attributes: Any) -> CallFacts:
        """Dial the participant. Raises as TwilioConferences."""
        self.evidence_within += self.arguments.timeout_seconds + EXTRA_SECONDS
        introduced = bool(getattr(self.arguments, "introduction", None))
        dial = self._dial_with_introduction if introduced else self._dial_into_conference
        facts = dial(call, member, command_id, attributes)
        self.services.registry.commands.set_leg_call_sid(command_id, facts.call_sid)
        self._record(facts)
        return CallFacts(call.call_sid, None)

    def _dial_into_conference(
        self, call: Call, member: Membership, command_id: int, attributes: dict[str, Any]
    ) -> CallFacts:
        """Twilio dials the participant. The label names the command in the join event.

        With EarlyMedia, which is the default, the conference would hear the ringing and the messages of carriers.
        Source: https://www.twilio.com/docs/voice/api/conference-participant-resource#request-body-parameters
        """
        dialing, label = self._dialing(call), label_for(self.label, command_id)
        dialing["status_callback_event"] = in_one_value(PROGRESS_EVENTS)
        added = self.services.twilio.conferences.add_participant(
            member.conference_sid, beep="false", early_media=False, label=label, **dialing, **attributes
        )
        return self._invited(added["call_sid"], call, member, dialing)

    def _dial_with_introduction(
        self, call: Call, member: Membership, command_id: int, _attributes: dict[str, Any]
    ) -> CallFacts:
        """A call of its own, which hears the introduction and then joins: Twilio's conferences cannot do that."""
        dialing, name = self._dialing(call), conference_name(self.services, call)
        words = {"text": self.arguments.introduction, "back": f"scenes/room?name={name}"}
        url = url_of_scene(self.services, "interlude", words, command_id)
        dialed = call_facts(self.services.twilio.calls.create(url=url, **dialing))
        return self._invited(dialed.call_sid, call, member, dialing)

    def _dialing(self, call: Call) -> dict[str, Any]:
        return {
            "to": self.arguments.to,
            "from_": self.arguments.from_ or own_number(self.services, call),
            "timeout": self.arguments.timeout_seconds,
            "status_callback": f"{self.services.config['PUBLIC_URL']}/voice/status",
            "status_callback_event": PROGRESS_EVENTS,
        }

    def _invited(self, call_sid: str, call: Call, member: Membership, dialing: dict[str, Any]) -> CallFacts:
        return CallFacts(
            call_sid,
            "queued",
            dialing["from_"],
            dialing["to"],
            "outbound-api",
            conference_sid=member.conference_sid,
            room=conference_name(self.services, call),
            room_sequence=0,
        )

    def _record(self, facts: CallFacts) -> None:
        """Record that the participant is on the way; a webhook may have reported before that they joined or left."""
        details = {"room": facts.room, "conference_sid": facts.conference_sid}
        event = NewEvent("room.invited", "twilio.answer", facts.call_sid, details)
        self.services.registry.events.record_patiently(event, facts)
        known = self.services.registry.calls.get(facts.call_sid)
        if known and known.in_room and known.status == "in-progress":
            self.proof = "answer"
        if known and not known.live:
            self.doubt = NOT_REACHED.get(known.status, "The participant has hung up already.")
