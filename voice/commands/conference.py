"""Turn a call into a conference, announce something in it, end it."""

from __future__ import annotations

from contextlib import suppress
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from voice.calls import Call, CallFacts
from voice.conferences.changes import require_live, when_present
from voice.conferences.exit import lead_out
from voice.conferences.interruption import Interruption
from voice.conferences.membership import find_membership, require_membership
from voice.conferences.participant_command import ParticipantCommand
from voice.conferences.participants import list_participants
from voice.conferences.promotion import promote_alone, promote_talk
from voice.control.allowed_urls import check_media_url
from voice.control.base import CallCommand, DroppingArguments, Proof
from voice.errors import WrongState
from voice.scenes.fields import Language, VoiceName


class Conference(CallCommand):
    """Both parties continue as participants, who can be held, muted, coached or removed."""

    name = "conference"
    title = "Turn into a conference"
    group = "room"
    involves_talk = True
    needs = ("calls", "conferences", "participants")

    def execute(self, call: Call, command_id: int) -> CallFacts:
        """Promote the call. Raises WrongState for a call in a conference."""
        if find_membership(self.services, call):
            raise WrongState("The call is already in a conference.")
        if promote_talk(self.services, call, command_id) is None:
            promote_alone(self.services, call, command_id)
        return CallFacts(call.call_sid, None)


class AnnounceArguments(DroppingArguments):
    """A message or a sound, and its audience."""

    text: Annotated[
        str | None, Field(min_length=1, max_length=1000, title="Message", examples=["One moment."])
    ] = None
    voice: VoiceName = None
    language: Language = None
    url: Annotated[str | None, Field(min_length=1, max_length=2000, title="Sound URL")] = None
    to: Annotated[Literal["all", "this"], Field(title="Audience")] = "all"

    @model_validator(mode="after")
    def _check_alternatives(self) -> AnnounceArguments:
        if (self.text is None) == (self.url is None):
            raise ValueError("enter either a message or the URL of a sound")
        return self


class Announce(Interruption):
    """All participants, or only this one, hear a message or a sound; a participant on hold does not."""

    name = "announce"
    title = "Announce"
    sent_noun = "Announcement"
    group = "room"
    cuts_connection = False
    Arguments = AnnounceArguments

    def check(self) -> None:
        """Refuse a URL that Twilio cannot request."""
        if self.arguments.url:
            check_media_url(self.arguments.url)
        super().check()

    def content(self) -> dict[str, Any]:
        """The message or the sound."""
        fields: dict[str, Any] = self.arguments.model_dump(
            exclude_none=True, exclude={"to", "even_if_dropping"}
        )
        return fields

    def execute(self, call: Call, command_id: int) -> CallFacts:
        """Announce to this participant or to all. The callback about its end confirms the command."""
        member = self.find_audience(call, command_id)
        if member is None:
            raise WrongState(
                "The caller is alone. Use “Say a message” (`say`) or “Play a sound” (`play`) instead."
            )
        if self.arguments.to == "this":
            return self.announce(member, command_id)
        require_live(self.services, member)
        url = self.url_of_content(command_id)
        conferences = self.services.twilio.conferences
        announcement = {"announce_url": url, "announce_method": "POST"}
        when_present(self.services, member, lambda: conferences.update(member.conference_sid, **announcement))
        return CallFacts(call.call_sid, None)


class EndRoom(ParticipantCommand):
    """The conference ends for all participants; those who have no place to go back to hear goodbye."""

    name = "end_room"
    title = "End conference"
    proof: Proof = "visit"

    def drops(self, call: Call) -> list[Call]:
        """Participants who were dialed into the conference; they hear goodbye.

        The operator wants that, so no further confirmation is needed.
        """
        others = self.services.registry.conferences.other_participants(call)
        return [other for other in others if other.scene is None]

    def execute(self, call: Call, command_id: int) -> CallFacts:
        """Lead all participants out; a phone that rings stops. Raises WrongState outside a conference.

        The command is confirmed once all who are in the conference have requested what follows it.
        """
        found = list_participants(self.services, require_membership(call).conference_sid)
        others = [one for one in found if one.call_sid != call.call_sid]
        present = [one.call_sid for one in others if one.has_joined]
        self.services.registry.commands.expect_legs(command_id, [call.call_sid, *present])
        for one in others:
            with suppress(WrongState):  # they have hung up
                lead_out(self.services, one.call_sid, command_id)
        lead_out(self.services, call.call_sid, command_id)
        return CallFacts(call.call_sid, None)
