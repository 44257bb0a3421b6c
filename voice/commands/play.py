"""Play a sound to the caller, who then goes on where they were."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from voice.control.allowed_urls import check_media_url
from voice.control.base import DroppingArguments
from voice.control.interruption import Interruption


class PlayArguments(DroppingArguments):
    """Where the sound is."""

    url: Annotated[str, Field(min_length=1, max_length=2000, title="URL of the sound")]


class Play(Interruption):
    """The caller hears the sound and goes on where they were."""

    name = "play"
    title = "Play a sound"
    Arguments = PlayArguments

    def check(self) -> None:
        """The URL must be one that Twilio can fetch."""
        check_media_url(self.arguments.url)

    def heard(self) -> dict[str, Any]:
        """The sound."""
        return {"url": self.arguments.url}
