"""Values from a JSON body."""

from __future__ import annotations

from typing import Any

from midcall_emulator.control.errors import bad_request

_LARGEST_NUMBER = 10**9


def text_of(body: dict[str, Any], name: str, default: str | None = None) -> str:
    """Return a string; ControlError if it is missing or has another type."""
    value = body.get(name, default)
    if not isinstance(value, str):
        raise bad_request(f"{name!r} must be a string")
    return value


def number_of(body: dict[str, Any], name: str, default: float | None = None) -> float:
    """Return a number, zero or more; ControlError if it is missing or has another type."""
    value = body.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < _LARGEST_NUMBER:
        raise bad_request(f"{name!r} must be a number, zero or more")
    return value
