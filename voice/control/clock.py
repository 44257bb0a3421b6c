"""The clock of commands that wait: for a webhook, or until they repeat a request."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Protocol, TypeVar

POLL_SECONDS = 0.05

Found = TypeVar("Found")


class Clock(Protocol):
    """Seconds that only grow, and a wait."""

    def now(self) -> float:
        """The seconds since some moment."""

    def sleep(self, seconds: float) -> None:
        """Wait."""


class SystemClock:
    """The clock of the machine."""

    def now(self) -> float:
        """The seconds since some moment."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)


def wait_for(clock: Clock, find: Callable[[], Found | None], seconds: float) -> Found | None:
    """What `find` returns first that is not None; None if it finds nothing in this time."""
    until = clock.now() + seconds
    while (found := find()) is None and clock.now() < until:
        clock.sleep(POLL_SECONDS)
    return found
