"""Invitations: a phone rings and joins the conference of a call. The join event confirms the command."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from voice.calls import NOT_REACHED, Call, CallFacts
from voice.conferences.changes import require_live
from voice.conferences.exit import lead_out
from voice.conferences.labels import GUEST, label_for
from voice.conferences.membership import Membership, find_membership, own_number
from voice.conferences.promotion import promote_alone, promote_talk
from voice.control.base import Arguments, CallCommand
from voice.control.clock import wait_for
from voice.control.scene_urls import url_of_scene
from voice.errors import MidcallError
from voice.events import NewEvent
from voice.registry.command_legs import UNDIALED_LEG
from voice.scenes.room import CONFERENCE_EVENTS
from voice.scenes.transfer import Introduction, Party
from voice.twilio.calls import PROGRESS_EVENTS, call_facts, in_one_value

OwnNumber = Annotated[str | None, Field(alias="from", min_length=1, max_length=255, title="From")]
RingSeconds = Annotated[int, Field(ge=5, le=600, title="Ring for (seconds)")]
EXTRA_SECONDS = (
    5  # that Twilio adds to Timeout: https://www.twilio.com/docs/voice/api/call-resource#create-a-call
)
JOIN_REPORT_SECONDS = 3.0  # callbacks can be late
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
    involves_talk = True
    needs = ("calls", "conferences", "participants", "new calls")
    label = GUEST

    def prepare(self, call: Call, command_id: int) -> Membership | None:
        """The membership of the call, after a promotion if it talks to a party; None for a caller who is alone.

        From here on the command waits for a participant who has no CallSid yet.
        """
        self.services.registry.commands.expect_legs(command_id, [UNDIALED_LEG])
        member = find_membership(self.services, call)
        if member:
            require_live(self.services, member)
        return member or promote_talk(self.services, call, command_id)

    def dial_alone(self, call: Call, command_id: int, **attributes: Any) -> CallFacts:
        """Dial a participant for a caller who was alone. The caller returns to their place if no participant joins."""
        name = promote_alone(self.services, call, command_id)
        self.note = "The caller hears music until a participant joins."
        try:
            return self.dial(call, name, command_id, **attributes)
        except MidcallError as error:
            if getattr(error, "executed", False) is False:  # Twilio has dialed no phone
                lead_out(self.services, call.call_sid)
            raise

    def dial(self, call: Call, name: str, command_id: int, **attributes: Any) -> CallFacts:
        """Dial the participant into the conference of this name. Raises as TwilioConferences."""
        self.evidence_within += self.arguments.timeout_seconds + EXTRA_SECONDS
        introduced = bool(getattr(self.arguments, "introduction", None))
        dial = self._dial_with_introduction if introduced else self._dial_into_conference
        facts = dial(call, name, command_id, attributes)
        self.services.registry.commands.set_leg_call_sid(command_id, facts.call_sid)
        self._record(facts)
        return CallFacts(call.call_sid, None)

    def _dial_into_conference(
        self, call: Call, name: str, command_id: int, attributes: dict[str, Any]
    ) -> CallFacts:
        """Twilio dials the participant. The label names the command in the join event.

        Without early media, the others do not hear it ring, and the participant joins when they answer. The callbacks
        are those of the conference, which the participant opens if the caller is still on the way.
        Source: https://www.twilio.com/docs/voice/api/conference-participant-resource#create-a-participant
        """
        dialing, public_url = self._dialing(call), self.services.config["PUBLIC_URL"]
        added = self.services.twilio.conferences.add_participant(
            name,
            beep="false",
            early_media=False,
            label=label_for(self.label, command_id),
            conference_status_callback=f"{public_url}/voice/conference",
            conference_status_callback_event=[CONFERENCE_EVENTS],
            **{**dialing, "status_callback_event": in_one_value(PROGRESS_EVENTS)},
            **attributes,
        )
        return _invited(added["call_sid"], added["conference_sid"], name, dialing)

    def _dial_with_introduction(
        self, call: Call, name: str, command_id: int, _attributes: dict[str, Any]
    ) -> CallFacts:
        """A call of its own, which hears the introduction and then joins: Twilio's conferences cannot do that."""
        dialing, conference_sid = self._dialing(call), self._conference_sid(call, name)
        words = {"text": self.arguments.introduction, "back": f"scenes/room?name={name}"}
        url = url_of_scene(self.services, "interlude", words, command_id)
        dialed = call_facts(self.services.twilio.calls.create(url=url, **dialing))
        return _invited(dialed.call_sid, conference_sid, name, dialing)

    def _conference_sid(self, call: Call, name: str) -> str | None:
        """The ConferenceSid, once the caller has joined; None if that is not reported in time."""

        def find() -> str | None:
            known = self.services.registry.calls.get(call.call_sid)
            return known.conference_sid if known and known.room == name and known.in_room else None

        return wait_for(self.services.clock, find, JOIN_REPORT_SECONDS)

    def _dialing(self, call: Call) -> dict[str, Any]:
        return {
            "to": self.arguments.to,
            "from_": self.arguments.from_ or own_number(self.services, call),
            "timeout": self.arguments.timeout_seconds,
            "status_callback": f"{self.services.config['PUBLIC_URL']}/voice/status",
            "status_callback_event": PROGRESS_EVENTS,
        }

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


def _invited(call_sid: str, conference_sid: str | None, name: str, dialing: dict[str, Any]) -> CallFacts:
    return CallFacts(
        call_sid,
        "queued",
        dialing["from_"],
        dialing["to"],
        "outbound-api",
        conference_sid=conference_sid,
        room=name,
        room_sequence=0,
    )
