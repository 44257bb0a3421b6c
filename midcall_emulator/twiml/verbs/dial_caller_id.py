"""The caller ID of a Dial (https://www.twilio.com/docs/voice/twiml/dial#callerid)."""

from __future__ import annotations

import re

from midcall_emulator.calls.dial_settings import DialParty
from midcall_emulator.core.call_record import Call
from midcall_emulator.twiml.document import Verb
from midcall_emulator.twiml.execution import Run

_PHONE_NUMBER = re.compile(r"\+[1-9]\d{6,14}")
_WITHHELD = frozenset({"+266696687", "+7378742833", "+2562533", "+8656696", "+86282452253"})
"""ANONYMOUS, RESTRICTED, BLOCKED, UNKNOWN and UNAVAILABLE on the keys of a phone: what carriers send for a withheld
number (https://www.doorkeeper.jp/developer/blocking-phone-number-twilio)."""


def caller_id(verb: Verb, call: Call) -> str:
    """Return the caller ID: ``callerId``, or the number of the caller."""
    default = call.to if call.direction == "outbound-api" else call.from_
    return verb.get("callerId") or default


def has_forbidden_caller_id(run: Run, verb: Verb, targets: list[DialParty]) -> bool:
    """Return whether Twilio refuses the Dial for its caller ID (https://www.twilio.com/docs/api/errors/13214).

    A phone number shown must belong to the call or to the account. A caller without a phone number, such as a client or
    a SIP phone, needs ``callerId`` to call a phone.
    """
    shown, is_checked = verb.get("callerId"), run.world.switches.dial_caller_id == "checked"
    own = {number.phone_number for number in run.world.numbers}
    if shown.startswith("+") or not is_checked:
        return shown.startswith("+") and shown not in {run.call.from_, run.call.to} | own
    return any(target.to.startswith("+") for target in targets) and _is_address(
        caller_id(verb, run.call), shown
    )


def is_withheld(run: Run, verb: Verb) -> bool:
    """Return whether the caller ID is no usable number, for which the carrier of a phone may reject the call."""
    number = caller_id(verb, run.call)
    is_usable = bool(_PHONE_NUMBER.fullmatch(number)) and number not in _WITHHELD
    return run.world.switches.dial_caller_id == "checked" and not is_usable


def _is_address(number: str, shown: str) -> bool:
    """Return whether a caller ID is an address or a word, which no phone can show."""
    return bool(shown) or number.startswith(("client:", "sip:", "sips:"))
