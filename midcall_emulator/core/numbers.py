"""The phone numbers of the account, and the spelling of numbers and addresses."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Protocol

from midcall_emulator.core.sids import BySid, new_sid
from midcall_emulator.core.voice_settings import VoiceSettings

_E164 = re.compile(r"\+[1-9]\d{6,14}")
_PUNCTUATION = re.compile(r"[\s().-]")


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
        """Add a number, with a new sid and a formatted name if it has none; return it."""
        number.sid = number.sid or new_sid("PN")
        number.friendly_name = number.friendly_name or format_number(number.phone_number)
        return super().add(number)

    def find(self, phone_number: str) -> Number | None:
        """Return the number with these digits, None if the account does not own it."""
        return next((number for number in self if number.phone_number == phone_number), None)


def normalize_address(text: str) -> str | None:
    """Return a number in E.164, a client or SIP address unchanged, and None for anything else.

    Ten digits are a North American number.
    """
    if text.startswith(("client:", "sip:", "sips:")):
        return text
    digits = _PUNCTUATION.sub("", text)
    if digits.isdigit() and len(digits) == 10:
        digits = "+1" + digits
    elif digits.isdigit():
        digits = "+" + digits
    return digits if _E164.fullmatch(digits) else None


def format_number(number: str) -> str:
    """Return a North American number as ``(415) 555-0100``, anything else unchanged."""
    if re.fullmatch(r"\+1\d{10}", number):
        return f"({number[2:5]}) {number[5:8]}-{number[8:]}"
    return number


class HasNumbers(Protocol):
    """Offers the account's phone numbers."""

    numbers: Numbers
