"""What falls due at a virtual moment, once or again and again, and in which order."""

from __future__ import annotations

import asyncio
import heapq
import itertools
from collections.abc import Callable

_FEW = 1024


class Timer:
    """Something that falls due at a virtual moment; may be cancelled before."""

    __slots__ = ("_callback", "when")

    def __init__(self, when: float, callback: Callable[[], object]) -> None:
        self.when = when
        self._callback: Callable[[], object] | None = callback

    @property
    def cancelled(self) -> bool:
        """Whether it has fired for the last time, or never will."""
        return self._callback is None

    def cancel(self) -> None:
        """Have nothing happen at that moment."""
        self._callback = None

    def fire(self) -> None:
        """Do it now, unless it was cancelled or done."""
        callback, self._callback = self._callback, None
        if callback:
            callback()


class Beat(Timer):
    """Something that is repeated ``times`` times, each taking ``step`` seconds; None is until ``over`` is done.

    ``note`` gets the moment at which each begins. ``over`` is done once the last has ended; nobody is woken before.
    """

    __slots__ = ("_began", "_count", "_note", "_step", "_times", "over")

    def __init__(self, began: float, step: float, times: int | None, note: Callable[[float], object]) -> None:
        self.over: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._began, self._step, self._times, self._note = began, step, times, note
        self._count = 0
        super().__init__(began + step, self._strike)
        note(began)

    def fire(self) -> None:
        """End, or begin once more."""
        if self.over.done():
            self.cancel()
        elif self._callback:
            self._callback()

    def _strike(self) -> None:
        self._count += 1
        if self._count == self._times:
            self.cancel()
            self.over.set_result(None)
        else:
            self._note(self.when)
            self.when = self._began + (self._count + 1) * self._step  # no error adds up


class Timers:
    """All timers of a clock, the earliest first, those of the same moment in the order of their coming."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, Timer]] = []
        self._order = itertools.count()
        self._most = _FEW

    def push(self, timer: Timer) -> bool:
        """Take a timer in; return whether it is the earliest now."""
        heapq.heappush(self._heap, (timer.when, next(self._order), timer))
        is_first = self._heap[0][2] is timer
        if len(self._heap) > self._most:
            self._sweep()
        return is_first

    def next_due(self) -> float | None:
        """Return the moment of the earliest timer, None if there is none."""
        while self._heap and self._heap[0][2].cancelled:
            heapq.heappop(self._heap)
        return self._heap[0][0] if self._heap else None

    def take(self, until: float) -> Timer | None:
        """Take out the earliest timer that is due by ``until``, if any is."""
        due = self.next_due()
        return heapq.heappop(self._heap)[2] if due is not None and due <= until else None

    def clear(self) -> None:
        """Forget every timer."""
        self._heap.clear()

    def __len__(self) -> int:
        return len(self._heap)

    def _sweep(self) -> None:
        """Forget cancelled timers, which would otherwise stay until their time has come."""
        self._heap = [entry for entry in self._heap if not entry[2].cancelled]
        heapq.heapify(self._heap)
        self._most = max(_FEW, 2 * len(self._heap))
