"""Say something to the caller, who then goes on where they were."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from voice.control.base import DroppingArguments
from voice.control.interruption import Interruption


class SayArguments(DroppingArguments):
    """The sentence, and in whose voice."""

    text: Annotated[str, Field(min_length=1, max_length=1000, title="What to say")]
    voice: Annotated[str | None, Field(pattern=r"^[\w.-]{1,64}$", title="Voice")] = None
    language: Annotated[str | None, Field(pattern=r"^[A-Za-z]{2,3}(-\w{1,8}){0,2}$", title="Language")] = None


class Say(Interruption):
    """The caller hears it and goes on where they were, also from hold, a queue, or a talk with somebody."""

    name = "say"
    title = "Say something"
    Arguments = SayArguments

    def heard(self) -> dict[str, Any]:
        """The sentence."""
        return self.arguments.model_dump(exclude_none=True, exclude={"even_if_dropping"})
