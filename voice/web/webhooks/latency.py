"""Response times of webhooks: counted in the process, added to the registry every ten seconds."""

from __future__ import annotations

import bisect
import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime

from flask import Flask, Response, g, request

from voice.errors import RegistryUnavailable
from voice.events import now

log = logging.getLogger(__name__)
UP_TO_MS = (
    1, 2, 3, 5, 7, 10, 15, 20, 30, 50, 70, 100, 150, 200, 300, 500, 700, 1000, 1500, 2000, 5000, 15000,
)  # fmt: skip
EVERY_SECONDS = 10.0

Counts = Counter[tuple[datetime, int]]


class Latency:
    """Counts by minute and upper bound. If the process dies, the counts of the last ten seconds are lost."""

    def __init__(self, add: Callable[[Mapping[tuple[datetime, int], int]], None]):
        self._add = add
        self._counts: Counts = Counter()
        self._lock = threading.Lock()
        self._timer: threading.Timer | None = None

    def count(self, seconds: float) -> None:
        """Count one webhook with this response time."""
        place = min(bisect.bisect_left(UP_TO_MS, seconds * 1000), len(UP_TO_MS) - 1)
        minute = now().replace(second=0, microsecond=0)
        with self._lock:
            self._counts[minute, UP_TO_MS[place]] += 1
            if self._timer is None:
                self._timer = threading.Timer(EVERY_SECONDS, self.flush)
                self._timer.daemon = True
                self._timer.start()

    def flush(self) -> None:
        """Add the counts to the registry. If it is unavailable, keep them for the next time."""
        with self._lock:
            counts, self._counts, self._timer = self._counts, Counter(), None
        try:
            if counts:
                self._add(counts)
        except RegistryUnavailable as error:
            log.warning("The response times of webhooks are kept for later: %s", error.message)
            with self._lock:
                self._counts.update(counts)


def register(app: Flask, latency: Latency) -> None:
    """Measure every webhook."""

    @app.before_request
    def start() -> None:
        g.started_at = time.perf_counter()

    @app.after_request
    def stop(response: Response) -> Response:
        if request.blueprint == "webhooks":
            latency.count(time.perf_counter() - g.started_at)
        return response
