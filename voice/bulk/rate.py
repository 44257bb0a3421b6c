"""How many requests to Twilio at once: a bound that halves at a 429 and grows back by one a round, as TCP's does.

How many calls are begun in a second is bounded beside it.
"""

from __future__ import annotations

import threading
import time
from types import TracebackType

TOO_MANY_REQUESTS = 429
SLOWED_FOR = 0.5  # seconds; what comes back refused within them was sent before the bound was halved
BURST_SECONDS = 0.1  # how much of the rate may be saved up


class Pace:
    """Around each request: waits for a place, and learns from how it ended."""

    def __init__(self, most: int, per_second: float):
        self._most, self._per_second = most, per_second
        self._bound = float(most)
        self._under_way = 0
        self._slowed_at = -SLOWED_FOR
        self._changed = threading.Condition()
        self._saved, self._counted_at = 1.0, time.monotonic()

    @property
    def bound(self) -> int:
        """How many requests may be under way now."""
        return max(1, int(self._bound))

    def __enter__(self) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._under_way < self.bound)
            self._under_way += 1

    def __exit__(
        self, _kind: type[BaseException] | None, error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        with self._changed:
            self._under_way -= 1
            if getattr(error, "status", None) == TOO_MANY_REQUESTS:
                self._slow_down()
            else:
                self._bound = min(self._most, self._bound + 1 / self._bound)
            self._changed.notify(2)

    def _slow_down(self) -> None:
        if time.monotonic() - self._slowed_at >= SLOWED_FOR:
            self._slowed_at = time.monotonic()
            self._bound = max(1.0, self._bound / 2)

    def may_begin(self, wanted: int) -> int:
        """How many calls may be begun now, at most as many as wanted; those count as begun."""
        if not self._per_second:
            return wanted
        moment = time.monotonic()
        earned = (moment - self._counted_at) * self._per_second
        self._saved = min(max(1.0, self._per_second * BURST_SECONDS), self._saved + earned)
        self._counted_at = moment
        granted = max(0, min(wanted, int(self._saved)))
        self._saved -= granted
        return granted

    def give_back(self, count: int) -> None:
        """So many were not begun after all."""
        self._saved += count
