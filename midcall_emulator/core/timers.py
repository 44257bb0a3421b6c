"""Timers of virtual time: due once or periodically, in the order in which they are due."""

from __future__ import annotations

import asyncio
import heapq
import itertools
from collections.abc import Callable

_SMALLEST_SWEEP = 1024


class Timer:
    """A callback that is due at a virtual moment and can be canceled before."""

    __slots__ = ("_callback", "when")

    def __init__(self, when: float, callback: Callable[[], object]) -> None:
        self.when = when
        self._callback: Callable[[], object] | None = callback

    @property
    def is_over(self) -> bool:
        """Whether the timer was canceled or has fired for the last time."""
        return self._callback is None

    def cancel(self) -> None:
        """Do not fire."""
        self._callback = None

    def fire(self) -> None:
        """Call the callback, unless the timer is over."""
        callback, self._callback = self._callback, None
        if callback:
            callback()


class RepeatingTimer(Timer):
    """A period of ``seconds`` that is repeated ``times`` times, or until ``done`` is done if that is None.

    ``on_start`` gets the moment at which each period starts. ``done`` is set at the end of the last period: a task that
    waits for it is not woken in between.
    """

    __slots__ = ("_count", "_on_start", "_seconds", "_started", "_times", "done")

    def __init__(
        self, started: float, seconds: float, times: int | None, on_start: Callable[[float], object]
    ) -> None:
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._started, self._seconds, self._times, self._on_start = started, seconds, times, on_start
        self._count = 0
        super().__init__(started + seconds, self._end_period)
        on_start(started)

    def fire(self) -> None:
        """End a period, and start the next one."""
        if self.done.done():
            self.cancel()
        elif self._callback:
            self._callback()

    def _end_period(self) -> None:
        self._count += 1
        if self._count == self._times:
            self.cancel()
            self.done.set_result(None)
        else:
            self._on_start(self.when)
            self.when = (
                self._started + (self._count + 1) * self._seconds
            )  # a sum would add up rounding errors


class Timers:
    """All timers of a clock, the earliest first; those of the same moment in the order in which they were added."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, Timer]] = []
        self._order = itertools.count()
        self._sweep_above = _SMALLEST_SWEEP

    def push(self, timer: Timer) -> bool:
        """Add a timer; return whether it is the earliest now."""
        heapq.heappush(self._heap, (timer.when, next(self._order), timer))
        is_first = self._heap[0][2] is timer
        if len(self._heap) > self._sweep_above:
            self._sweep()
        return is_first

    def next_due(self) -> float | None:
        """Return the moment of the earliest timer, None if there is none."""
        while self._heap and self._heap[0][2].is_over:
            heapq.heappop(self._heap)
        return self._heap[0][0] if self._heap else None

    def pop_due(self, until: float) -> Timer | None:
        """Remove and return the earliest timer that is due by ``until``, if there is one."""
        due = self.next_due()
        return heapq.heappop(self._heap)[2] if due is not None and due <= until else None

    def clear(self) -> None:
        """Remove every timer."""
        self._heap.clear()

    def __len__(self) -> int:
        return len(self._heap)

    def _sweep(self) -> None:
        """Remove the canceled timers, which otherwise stay in memory until they are due."""
        self._heap = [entry for entry in self._heap if not entry[2].is_over]
        heapq.heapify(self._heap)
        self._sweep_above = max(_SMALLEST_SWEEP, 2 * len(self._heap))
