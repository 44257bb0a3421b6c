"""Commands that interrupt a caller: say a message, play a sound, send tones."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from voice.calls import CallFacts
from voice.conferences.interruption import Interruption
from voice.conferences.membership import Membership
from voice.control.allowed_urls import check_media_url
from voice.control.base import DroppingArguments
from voice.scenes.fields import TONES, Language, VoiceName

UNDOCUMENTED = (
    "Twilio does not document that a participant of a conference receives tones. Ask whether they arrived."
)


class SayArguments(DroppingArguments):
    """The message and its voice."""

    text: Annotated[str, Field(min_length=1, max_length=1000, title="Message", examples=["One moment."])]
    voice: VoiceName = None
    language: Language = None


class Say(Interruption):
    """The caller hears a message, then continues where they were."""

    name = "say"
    title = "Say a message"
    sent_noun = "Message"
    button, shortcut = 1, "s"
    Arguments = SayArguments

    def content(self) -> dict[str, Any]:
        """The message."""
        fields: dict[str, Any] = self.arguments.model_dump(exclude_none=True, exclude={"even_if_dropping"})
        return fields


class PlayArguments(DroppingArguments):
    """The URL of the sound."""

    url: Annotated[
        str,
        Field(min_length=1, max_length=2000, title="Sound URL", examples=["https://media.example.com/a.wav"]),
    ]


class Play(Interruption):
    """The caller hears a sound, then continues where they were."""

    name = "play"
    title = "Play a sound"
    sent_noun = "Sound"
    Arguments = PlayArguments

    def check(self) -> None:
        """Refuse a URL that Twilio cannot request."""
        check_media_url(self.arguments.url)
        super().check()

    def content(self) -> dict[str, Any]:
        """The sound."""
        return {"url": self.arguments.url}


class SendDigitsArguments(DroppingArguments):
    """The tones; `w` waits half a second, `W` a whole one."""

    digits: Annotated[str, TONES, Field(title="Tones", examples=["1w2#"])]


class SendDigits(Interruption):
    """The other end of this call hears DTMF tones, then the call continues."""

    name = "send_digits"
    title = "Send tones (DTMF)"
    sent_noun = "Tones"
    Arguments = SendDigitsArguments

    def announce(self, member: Membership, command_id: int) -> CallFacts:
        """Play them to a participant. Twilio documents tones for a Play of a call, not for one of an announcement.

        Source: https://www.twilio.com/docs/voice/twiml/play#attributes-digits
        """
        facts = super().announce(member, command_id)
        self.note = UNDOCUMENTED
        return facts

    def content(self) -> dict[str, Any]:
        """The tones."""
        return {"digits": self.arguments.digits}
