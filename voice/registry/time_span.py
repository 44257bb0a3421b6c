"""A span of time, cut into equal steps: the x-axis of the figures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

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

    def step_ends(self) -> list[datetime]:
        """The end of each step."""
        return [self.since + self.step * number for number in range(1, STEPS + 1)]

    def step_of(self, moment: datetime) -> int:
        """The number of the step that contains a moment of the span."""
        return min(int((moment - self.since) / self.step), STEPS - 1)
