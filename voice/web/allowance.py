"""Allowances in memory: so much at once, and then one more every so many seconds."""

from __future__ import annotations

import time
from collections import OrderedDict
from typing import TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")
KEPT = 10_000  # keys that are remembered


class Allowance:
    """What each key, an address or a person, may do: `burst` at once, and one more every `every_seconds`."""

    def __init__(self, burst: int, every_seconds: float):
        self._every = every_seconds
        self._ahead = (burst - 1) * every_seconds
        self._paid_until: OrderedDict[str, float] = OrderedDict()

    def is_spent(self, key: str) -> bool:
        """True if the key may do no more now."""
        return self._paid_until.get(key, 0.0) > time.monotonic() + self._ahead

    def spend(self, key: str) -> None:
        """Count one."""
        start = max(self._paid_until.get(key, 0.0), time.monotonic())
        keep_newest(self._paid_until, key, start + self._every)


def keep_newest(kept: OrderedDict[Key, Value], key: Key, value: Value) -> None:
    """Put the entry at the end, and forget the oldest beyond the limit."""
    kept[key] = value
    kept.move_to_end(key)
    while len(kept) > KEPT:
        kept.popitem(last=False)
