"""Announce something to everybody in a room, or to one of them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from voice.calls import Call, CallFacts
from voice.control.allowed_urls import check_media_url
from voice.control.base import DroppingArguments
from voice.control.interruption import Interruption
from voice.errors import WrongState


class AnnounceArguments(DroppingArguments):
    """A sentence or a sound, and for whom."""

    text: Annotated[str | None, Field(min_length=1, max_length=1000, title="What to say")] = None
    voice: Annotated[str | None, Field(pattern=r"^[\w.-]{1,64}$", title="Voice")] = None
    language: Annotated[str | None, Field(pattern=r"^[A-Za-z]{2,3}(-\w{1,8}){0,2}$", title="Language")] = None
    url: Annotated[str | None, Field(min_length=1, max_length=2000, title="URL of the sound")] = None
    to: Annotated[Literal["all", "this"], Field(title="For whom")] = "all"

    @model_validator(mode="after")
    def _one_of_two(self) -> AnnounceArguments:
        if (self.text is None) == (self.url is None):
            raise ValueError("give either text or url")
        return self


class Announce(Interruption):
    """Everybody in the room hears it, or only this side, and they go on talking; who is on hold does not hear it."""

    name = "announce"
    title = "Announce"
    group = "room"
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
        self.services.rooms.change_room(
            seat.conference_sid, announce_url=self._url(command_id), announce_method="POST"
        )
        return CallFacts(call.call_sid, None)
