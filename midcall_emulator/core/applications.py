"""TwiML apps: voice settings that numbers and calls can share (https://www.twilio.com/docs/usage/api/applications)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from midcall_emulator.core.numbers import Number
from midcall_emulator.core.sids import BySid, new_sid
from midcall_emulator.core.voice_settings import VoiceSettings


@dataclass(slots=True)
class Application:
    """A TwiML app; ``created`` and ``updated`` are virtual seconds."""

    created: float
    updated: float
    sid: str = field(default_factory=lambda: new_sid("AP"))
    friendly_name: str = ""
    voice: VoiceSettings = field(default_factory=VoiceSettings)


class Applications(BySid[Application]):
    """Every TwiML app of the account."""

    def voice_of(self, number: Number) -> VoiceSettings:
        """Return the voice settings of a number's app, or its own if it has no app."""
        return (self.get(number.voice_application_sid) or number).voice

    def sid_of(self, number: Number) -> str:
        """Return the sid of a number's app, "" if it has none."""
        return number.voice_application_sid if self.get(number.voice_application_sid) else ""


class HasApplications(Protocol):
    """Offers the account's TwiML apps."""

    applications: Applications
