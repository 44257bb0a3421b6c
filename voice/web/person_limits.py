"""Bounds for each person in a web worker: event streams, exports and searches at once, and requests to Twilio."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Literal

from voice.errors import TooManyRequests
from voice.operators.bearer_tokens import ADMIN_TOKEN
from voice.web.allowance import Allowance

Bounded = Literal["event streams", "exports", "searches"]
AT_ONCE: dict[Bounded, int] = {"exports": 2, "searches": 4}
TWILIO_BURST, TWILIO_EVERY_SECONDS = 30, 2.0  # requests to Twilio at once, and one more every two seconds


class PersonLimits:
    """Counts in memory. A person has at most a quarter of a worker's event streams; ADMIN_TOKEN may have all."""

    def __init__(self, streams: int):
        self._at_once = AT_ONCE | {"event streams": max(1, streams // 4)}
        self._open: Counter[tuple[str, Bounded]] = Counter()
        self._look_ups = Allowance(TWILIO_BURST, TWILIO_EVERY_SECONDS)
        self._lock = threading.Lock()

    def open(self, person: str, what: Bounded) -> Callable[[], None]:
        """Take a slot; the function that frees it, once. Raises TooManyRequests."""
        slot = (person, what)
        with self._lock:
            is_free = person == ADMIN_TOKEN and what == "event streams"
            if self._open[slot] >= self._at_once[what] and not is_free:
                raise TooManyRequests(f"You have {self._open[slot]} {what} open. Close one, and try again.")
            self._open[slot] += 1
        closed = threading.Event()

        def close() -> None:
            with self._lock:
                if not closed.is_set():
                    closed.set()
                    self._open[slot] -= 1

        return close

    @contextmanager
    def during(self, person: str, what: Bounded) -> Iterator[None]:
        """Hold a slot inside this block."""
        close = self.open(person, what)
        try:
            yield
        finally:
            close()

    def count_twilio(self, person: str) -> None:
        """Count one request to Twilio. Raises TooManyRequests."""
        with self._lock:
            if self._look_ups.is_spent(person):
                raise TooManyRequests("You have looked up too much at Twilio. Wait a moment, and try again.")
            self._look_ups.spend(person)
