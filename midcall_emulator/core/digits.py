"""Whole numbers in text: ASCII digits between two bounds."""

from __future__ import annotations

_MOST_DIGITS = 18


def number_in(text: str, low: int, high: int) -> int | None:
    """Return the number in ``text``; None if it is not one, or not between the bounds."""
    if not (text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS):
        return None
    number = int(text)
    return number if low <= number <= high else None
