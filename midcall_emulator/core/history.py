"""The earlier values of something, for a REST API that lags behind."""

from __future__ import annotations

import time
from typing import Generic, TypeVar

Value = TypeVar("Value")

_KEPT_SECONDS = 60.0


class History(Generic[Value]):
    """Each value with its moment in real seconds, for a minute and the last one."""

    __slots__ = ("_items",)

    def __init__(self) -> None:
        self._items: list[tuple[float, Value]] = []

    def note(self, value: Value) -> None:
        """Add the value that applies from now on."""
        now = time.monotonic()
        recent = [item for item in self._items[:-1] if item[0] > now - _KEPT_SECONDS]
        self._items = [*recent, *self._items[-1:], (now, value)]

    def as_of(self, lag_seconds: float) -> Value | None:
        """Return the value of ``lag_seconds`` real seconds ago, None if there was none yet."""
        limit = time.monotonic() - lag_seconds
        return next((value for at, value in reversed(self._items) if at <= limit), None)

    def first(self) -> Value | None:
        """Return the oldest value that is kept."""
        return self._items[0][1] if self._items else None
