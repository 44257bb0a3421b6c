"""What tests say about a call in short: what was heard, what was complained about."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from midcall_emulator.client import Phone

_MAIN = {"say": "text", "play": "url", "silence": "seconds", "dtmf": "digits", "bridge": "sid"}


def heard(phone: Phone) -> list[str]:
    """Return the heard items as ``say(Hi)``, files by their path only."""
    return [_short(item) for item in phone.heard]


def times(phone: Phone) -> list[float]:
    """Return when each item was heard, in seconds since the answer."""
    return [item["at"] for item in phone.heard]


def codes(phone: Phone) -> list[int]:
    """Return the codes of the call's warnings and errors."""
    return [item["code"] for item in phone.call["warnings"]]


def _short(item: dict[str, Any]) -> str:
    name = _MAIN.get(item["kind"])
    if name is None:
        return item["kind"]
    value = urlsplit(item[name]).path if name == "url" else item[name]
    return f"{item['kind']}({value})"
