"""Short forms of a call's log: what was heard, when, and the codes of its warnings."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from midcall_emulator.client import Phone

_MAIN_FIELD = {"say": "text", "play": "url", "silence": "seconds", "dtmf": "digits", "bridge": "sid"}


def heard(phone: Phone) -> list[str]:
    """Return the heard items as ``say(Hi)``; a file is given by the path of its URL."""
    return [_short(item) for item in phone.heard]


def heard_times(phone: Phone) -> list[float]:
    """Return when each item was heard, in seconds since the answer."""
    return [item["at"] for item in phone.heard]


def warning_codes(phone: Phone) -> list[int]:
    """Return the codes of the call's warnings and errors."""
    return [item["code"] for item in phone.call["warnings"]]


def _short(item: dict[str, Any]) -> str:
    name = _MAIN_FIELD.get(item["kind"])
    if name is None:
        return str(item["kind"])
    value = urlsplit(item[name]).path if name == "url" else item[name]
    return f"{item['kind']}({value})"
