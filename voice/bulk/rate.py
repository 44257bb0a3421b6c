"""The rate of a worker's requests to Twilio: a limit on requests in parallel, and on calls started per second.

The limit in parallel halves after a 429 and grows back by one a round, like TCP's congestion window.
"""

from __future__ import annotations

import threading
import time
from types import TracebackType

TOO_MANY_REQUESTS = 429
SLOW_DOWN_SECONDS = 0.5  # a 429 within this time answers a request sent before the limit was halved
BURST_SECONDS = 0.1  # how much of the rate may be saved up


class RequestRate:
    """A context around each request: waits for a free slot, and adapts the limit to the answer."""

    def __init__(self, max_parallel: int, per_second: float):
        self._max_parallel, self._per_second = max_parallel, per_second
        self._limit = float(max_parallel)
        self._in_progress = 0
        self._slowed_at = -SLOW_DOWN_SECONDS
        self._changed = threading.Condition()
        self._saved, self._counted_at = 1.0, time.monotonic()

    @property
    def limit(self) -> int:
        """The number of requests that may be in progress now."""
        return max(1, int(self._limit))

    def __enter__(self) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._in_progress < self.limit)
            self._in_progress += 1

    def __exit__(
        self, _kind: type[BaseException] | None, error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        with self._changed:
            self._in_progress -= 1
            if getattr(error, "status", None) == TOO_MANY_REQUESTS:
                self._slow_down()
            else:
                self._limit = min(self._max_parallel, self._limit + 1 / self._limit)
            self._changed.notify(2)

    def _slow_down(self) -> None:
        if time.monotonic() - self._slowed_at >= SLOW_DOWN_SECONDS:
            self._slowed_at = time.monotonic()
            self._limit = max(1.0, self._limit / 2)

    def take(self, wanted: int) -> int:
        """The number of calls that may be started now, at most `wanted`. They count as started."""
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
        """Give back calls that were taken and not started."""
        self._saved += count
