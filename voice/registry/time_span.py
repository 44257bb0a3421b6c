"""A span of time, cut into equal steps: the x-axis of the figures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

STEPS = 120


@dataclass(frozen=True)
class Span:
    """A span of time with STEPS steps."""

    since: datetime
    until: datetime

    @property
    def step(self) -> timedelta:
        """The length of one step."""
        return (self.until - self.since) / STEPS

    def steps(self) -> list[tuple[datetime, datetime]]:
        """The start and the end of each step; the last one ends with the span."""
        ends = [self.since + self.step * number for number in range(STEPS)] + [self.until]
        return list(pairwise(ends))
