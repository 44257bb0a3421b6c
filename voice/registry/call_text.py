"""The text of a search for calls: the beginning of a number, name or CallSid, or the end of a number or name."""

from __future__ import annotations

import re

from sqlalchemy import ColumnElement

from voice.registry.engine.number_index import begins_with, ends_with
from voice.registry.schema.calls import calls

SCHEMES = ("client:", "sip:")  # in front of a name, in Twilio's numbers
_SEPARATORS = re.compile(r"[\s().-]")
_NUMBER = re.compile(r"\+?\d+", re.ASCII)
_CALL_SID = re.compile(r"CA[0-9a-f]{0,32}", re.ASCII | re.IGNORECASE)


def conditions_of(text: str) -> list[ColumnElement[bool]]:
    """The conditions on a call of which one has to be true. An index finds the calls of each."""
    wanted = _without_separators(text)
    conditions = [
        begins_with(column, beginning)
        for column in (calls.c.from_number, calls.c.to_number)
        for beginning in _beginnings(wanted)
    ]
    if not wanted.startswith("+"):
        conditions += [ends_with(column, wanted) for column in (calls.c.from_number, calls.c.to_number)]
    if _CALL_SID.fullmatch(wanted):
        conditions.append(_call_sid_begins_with(wanted[2:].lower()))
    return conditions


def _without_separators(text: str) -> str:
    """A number without the characters that people write between its digits; any other text as it is."""
    number = _SEPARATORS.sub("", text)
    return number if _NUMBER.fullmatch(number) else text


def _beginnings(wanted: str) -> list[str]:
    """The text itself, also after the plus sign or the scheme that Twilio writes in front of it."""
    if wanted.startswith(("+", *SCHEMES)):
        return [wanted]
    international = [f"+{wanted}"] if wanted.isdecimal() else []
    return [wanted, *international, *(f"{scheme}{wanted}" for scheme in SCHEMES)]


def _call_sid_begins_with(digits: str) -> ColumnElement[bool]:
    """CallSids have one length, so every collation orders them as their digits, and the primary key finds them."""
    return calls.c.call_sid.between(f"CA{digits:0<32}", f"CA{digits:f<32}")
