"""What the caller hears in passing: a sentence, a sound, keys."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from voice.conferences.interruption import Interruption
from voice.control.allowed_urls import check_media_url
from voice.control.base import DroppingArguments
from voice.scenes.fields import TONES, Language, VoiceName


class SayArguments(DroppingArguments):
    """The sentence, and in whose voice."""

    text: Annotated[str, Field(min_length=1, max_length=1000, title="What to say")]
    voice: VoiceName = None
    language: Language = None


class Say(Interruption):
    """The caller hears it and goes on where they were, also from hold, a queue, or a talk with somebody."""

    name = "say"
    title = "Say something"
    button, shortcut = 1, "s"
    Arguments = SayArguments

    def heard(self) -> dict[str, Any]:
        """The sentence."""
        return self.arguments.model_dump(exclude_none=True, exclude={"even_if_dropping"})


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


class SendDigitsArguments(DroppingArguments):
    """The keys; `w` waits half a second, `W` a whole one."""

    digits: Annotated[str, TONES, Field(title="Keys")]


class SendDigits(Interruption):
    """Whoever is at the other end of this call hears the tones, then the call goes on where it was."""

    name = "send_digits"
    title = "Send keys"
    Arguments = SendDigitsArguments

    def heard(self) -> dict[str, Any]:
        """The keys."""
        return {"digits": self.arguments.digits}
