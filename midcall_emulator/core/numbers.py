"""The phone numbers that the account owns, and where their calls go."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Protocol

from midcall_emulator.core.sids import BySid, new_sid
from midcall_emulator.core.voice_settings import VoiceSettings

_E164 = re.compile(r"\+[1-9]\d{6,14}")
_NOISE = re.compile(r"[\s().-]")


@dataclass(slots=True)
class Number:
    """An IncomingPhoneNumber (https://www.twilio.com/docs/phone-numbers/api/incomingphonenumber-resource)."""

    phone_number: str
    sid: str = ""
    friendly_name: str = ""
    voice: VoiceSettings = field(default_factory=VoiceSettings)
    voice_application_sid: str = ""
    created: float = 0.0
    updated: float = 0.0


class Numbers(BySid[Number]):
    """Every number of the account."""

    def __init__(self, numbers: tuple[Number, ...]) -> None:
        super().__init__()
        for number in numbers:
            self.add(replace(number))

    def add(self, number: Number) -> Number:
        """Take a number in, with a sid and a name if it has none; return it."""
        number.sid = number.sid or new_sid("PN")
        number.friendly_name = number.friendly_name or formatted(number.phone_number)
        return super().add(number)

    def find(self, phone_number: str) -> Number | None:
        """Return the account's number with these digits."""
        return next((number for number in self if number.phone_number == phone_number), None)


def normalize_address(text: str) -> str | None:
    """Return what is dialled in E.164, a client or SIP address as it is, None for what can be neither."""
    if text.startswith(("client:", "sip:", "sips:")):
        return text
    digits = _NOISE.sub("", text)
    if digits.isdigit() and len(digits) == 10:
        digits = "+1" + digits
    elif digits.isdigit():
        digits = "+" + digits
    return digits if _E164.fullmatch(digits) else None


def formatted(number: str) -> str:
    """Return ``(415) 555-0100`` for a North American number, anything else as it is."""
    if re.fullmatch(r"\+1\d{10}", number):
        return f"({number[2:5]}) {number[5:8]}-{number[8:]}"
    return number


class HasNumbers(Protocol):
    """Offers the account's phone numbers."""

    numbers: Numbers
