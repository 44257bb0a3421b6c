"""The transcript of a call: what the person on it heard, in order.

A sound that is played again and again at equal intervals is stored once, with a count.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

_SAME_MOMENT = 1e-6  # seconds

Item = dict[str, Any]


@dataclass(slots=True)
class _Repetitions:
    """An item heard ``count`` times: at ``first``, then every ``step`` seconds."""

    item: Item
    first: float
    step: float = 0.0
    count: int = 1

    def continues_at(self, at: float) -> bool:
        """Return whether the item at this moment is the next repetition; the second one sets the interval."""
        if self.count == 1:
            self.step = at - self.first
        return abs(self.first + self.count * self.step - at) < _SAME_MOMENT

    def moments(self) -> Iterator[float]:
        return (self.first + number * self.step for number in range(self.count))


class TranscriptLog:
    """The items, oldest first, each as ``{"at": virtual seconds, "kind": …}``."""

    __slots__ = ("_count", "_runs")

    def __init__(self) -> None:
        self._runs: list[_Repetitions] = []
        self._count = 0

    def add(self, item: Item, at: float, most: int) -> None:
        """Add an item heard at a moment, and keep at most ``most`` items.

        The same object added again is a repetition; a later change to the object changes all of them.
        """
        last = self._runs[-1] if self._runs else None
        if last and last.item is item and last.continues_at(at):
            last.count += 1
        else:
            self._runs.append(_Repetitions(item, at))
        self._count += 1
        while self._count > most:
            self._drop_first()

    def _drop_first(self) -> None:
        run = self._runs[0]
        run.first += run.step
        run.count -= 1
        self._count -= 1
        if not run.count:
            del self._runs[0]

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Item]:
        for run in self._runs:
            for at in run.moments():
                yield {"at": at} | run.item
