"""Settings of a ConversationRelay session (https://www.twilio.com/docs/voice/twiml/connect/conversationrelay)."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class RelaySettings:
    """The attributes of the noun; the app changes the languages during the session.

    ``interruptible`` and ``greeting_interruptible`` are none, dtmf, speech or any.
    """

    url: str
    greeting: str = ""
    greeting_interruptible: str = "any"
    interruptible: str = "any"
    preemptible: bool = False
    reports_during_speech: str = "none"
    dtmf: bool = False
    partial: bool = False
    voice: str = ""
    tts_language: str = "en-US"
    language: str = "en-US"
    parameters: dict[str, str] = field(default_factory=dict)
