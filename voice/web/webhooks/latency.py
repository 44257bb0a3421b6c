"""How quickly webhooks are answered: counted in the process, added to the registry now and then."""

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
    1,
    2,
    3,
    5,
    7,
    10,
    15,
    20,
    30,
    50,
    70,
    100,
    150,
    200,
    300,
    500,
    700,
    1000,
    1500,
    2000,
    5000,
    15000,
)
EVERY_SECONDS = 10.0

Counted = Counter[tuple[datetime, int]]


class Latency:
    """Counts by minute and upper bound. A process that dies takes its last ten seconds with it, and nothing else."""

    def __init__(self, add: Callable[[Mapping[tuple[datetime, int], int]], None]):
        self._add = add
        self._counted: Counted = Counter()
        self._lock = threading.Lock()
        self._timer: threading.Timer | None = None

    def count(self, seconds: float) -> None:
        """One webhook was answered in so many seconds."""
        place = min(bisect.bisect_left(UP_TO_MS, seconds * 1000), len(UP_TO_MS) - 1)
        minute = now().replace(second=0, microsecond=0)
        with self._lock:
            self._counted[minute, UP_TO_MS[place]] += 1
            if self._timer is None:
                self._timer = threading.Timer(EVERY_SECONDS, self.flush)
                self._timer.daemon = True
                self._timer.start()

    def flush(self) -> None:
        """Add what was counted to the registry; if it is away, it is kept for the next time."""
        with self._lock:
            counted, self._counted, self._timer = self._counted, Counter(), None
        try:
            if counted:
                self._add(counted)
        except RegistryUnavailable as error:
            log.warning("the webhooks' times are kept for later: %s", error.message)
            with self._lock:
                self._counted.update(counted)


def register(app: Flask, latency: Latency) -> None:
    """Measure every webhook."""

    @app.before_request
    def begin() -> None:
        g.began = time.perf_counter()

    @app.after_request
    def end(response: Response) -> Response:
        if request.blueprint == "webhooks":
            latency.count(time.perf_counter() - g.began)
        return response
