"""What was heard on a call, in order. A sound that is played again and again is kept once, with how often."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

_SAME_MOMENT = 1e-6

Item = dict[str, Any]


@dataclass(slots=True)
class _Run:
    """One item at ``first``, and again every ``step`` seconds, ``count`` times in all."""

    item: Item
    first: float
    step: float = 0.0
    count: int = 1

    def goes_on_at(self, at: float) -> bool:
        """Say whether a repetition at this moment is one more of the same."""
        if self.count == 1:
            self.step = at - self.first
        return abs(self.first + self.count * self.step - at) < _SAME_MOMENT

    def moments(self) -> Iterator[float]:
        return (self.first + number * self.step for number in range(self.count))


class TranscriptLog:
    """The items, oldest first, each as ``{"at": virtual seconds, "kind": …}``."""

    __slots__ = ("_count", "_runs")

    def __init__(self) -> None:
        self._runs: list[_Run] = []
        self._count = 0

    def add(self, item: Item, at: float, most: int) -> None:
        """Note that ``item`` is heard at a moment, and keep no more than ``most`` items.

        The same object given again is a repetition; what changes it later changes all of them.
        """
        last = self._runs[-1] if self._runs else None
        if last and last.item is item and last.goes_on_at(at):
            last.count += 1
        else:
            self._runs.append(_Run(item, at))
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
