"""The phone numbers that the account owns, and where their calls go."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from emulator.sids import new_sid

_E164 = re.compile(r"\+[1-9]\d{6,14}")
_NOISE = re.compile(r"[\s().-]")


@dataclass(slots=True)
class Number:
    """An IncomingPhoneNumber (https://www.twilio.com/docs/phone-numbers/api/incomingphonenumber-resource)."""

    phone_number: str
    sid: str = ""
    friendly_name: str = ""
    voice_url: str = ""
    voice_method: str = "POST"
    voice_fallback_url: str = ""
    voice_fallback_method: str = "POST"
    status_callback: str = ""
    status_callback_method: str = "POST"
    voice_caller_id_lookup: bool = False
    voice_application_sid: str = ""
    created: float = 0.0
    updated: float = 0.0


class Numbers:
    """Every number of the account, by its sid."""

    def __init__(self, numbers: tuple[Number, ...]) -> None:
        self._by_sid: dict[str, Number] = {}
        for number in numbers:
            self.add(replace(number))

    def add(self, number: Number) -> Number:
        """Take a number in, with a sid and a name if it has none; return it."""
        number.sid = number.sid or new_sid("PN")
        number.friendly_name = number.friendly_name or formatted(number.phone_number)
        self._by_sid[number.sid] = number
        return number

    def get(self, sid: str) -> Number | None:
        """Return the number with this sid, None if there is none."""
        return self._by_sid.get(sid)

    def owned(self, phone_number: str) -> Number | None:
        """Return the account's number with these digits."""
        return next((number for number in self if number.phone_number == phone_number), None)

    def remove(self, sid: str) -> None:
        """Give a number back."""
        self._by_sid.pop(sid, None)

    def __iter__(self) -> Iterator[Number]:
        return iter(list(self._by_sid.values()))


def normalised(text: str) -> str | None:
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
