"""Whole numbers as they come over the wire: ASCII digits between two bounds."""

from __future__ import annotations

_LONGEST = 18


def number_in(text: str, low: int, high: int) -> int | None:
    """Return the number, None for what is none or not between the bounds."""
    if not (text.isascii() and text.isdigit() and len(text) <= _LONGEST):
        return None
    number = int(text)
    return number if low <= number <= high else None
