"""Turn a call into a conference, announce something in it, end it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from voice.calls import Call, CallFacts
from voice.conferences import promotion
from voice.conferences.interruption import Interruption
from voice.conferences.participant_command import ParticipantCommand, difference
from voice.control.allowed_urls import check_media_url
from voice.control.base import CallCommand, DroppingArguments
from voice.errors import WrongState
from voice.scenes.fields import Language, VoiceName


class Conference(CallCommand):
    """Both sides go on talking, each as a participant who can be held, muted, announced to, coached or removed."""

    name = "conference"
    title = "Move into a room"
    group = "room"

    def execute(self, call: Call, command_id: int) -> CallFacts:
        """The dialled leg first, then the other; nobody is dropped."""
        if promotion.seat_of(self.services, call):
            raise WrongState("the call is in a room already")
        promotion.promote(self.services, call, self.services.registry.calls.talking_to(call), command_id)
        return CallFacts(call.call_sid, None)


class AnnounceArguments(DroppingArguments):
    """A sentence or a sound, and for whom."""

    text: Annotated[str | None, Field(min_length=1, max_length=1000, title="What to say")] = None
    voice: VoiceName = None
    language: Language = None
    url: Annotated[str | None, Field(min_length=1, max_length=2000, title="URL of the sound")] = None
    to: Annotated[Literal["all", "this"], Field(title="For whom")] = "all"

    @model_validator(mode="after")
    def _one_of_two(self) -> AnnounceArguments:
        if (self.text is None) == (self.url is None):
            raise ValueError("enter either a text or the URL of a sound")
        return self


class Announce(Interruption):
    """Everybody in the room hears it, or only this side, and they go on talking; who is on hold does not hear it."""

    name = "announce"
    title = "Announce"
    group = "room"
    cuts_connection = False
    Arguments = AnnounceArguments

    def check(self) -> None:
        """The URL must be one that Twilio can fetch."""
        if self.arguments.url:
            check_media_url(self.arguments.url)

    def heard(self) -> dict[str, Any]:
        """The sentence or the sound."""
        return self.arguments.model_dump(exclude_none=True, include={"text", "voice", "language", "url"})

    def execute(self, call: Call, command_id: int) -> CallFacts:
        """To all: done when the room says that it was heard to its end."""
        seat = self.seat(call, command_id)
        if seat is None:
            raise WrongState("the call is not in a room, and talks to nobody: use `say` or `play`")
        if self.arguments.to == "this":
            return self.announced(seat, command_id)
        self.services.twilio.conferences.update(
            seat.conference_sid, announce_url=self._url(command_id), announce_method="POST"
        )
        return CallFacts(call.call_sid, None)


class EndRoom(ParticipantCommand):
    """Everybody goes on with what follows the room for them; who was dialled into it is hung up on."""

    name = "end_room"
    title = "End the room for all"

    def drops(self, call: Call) -> list[Call]:
        """Those for whom nothing follows; that needs no second word, as it is what is asked for."""
        return [
            other
            for other in self.services.registry.conferences.other_participants(call)
            if other.scene is None
        ]

    def execute(self, call: Call, command_id: int) -> CallFacts:
        """Raises WrongState outside of a room. A phone that rings for the room stops ringing."""
        seat = promotion.needs_seat(call)
        asked = {"status": "completed"}
        self.doubt = difference(asked, self.services.twilio.conferences.update(seat.conference_sid, **asked))
        return CallFacts(call.call_sid, None)
