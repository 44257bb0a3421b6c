"""Turns of long reads on SQLite, so that exports, searches and figures leave the process to webhooks.

SQLite runs inside the process, and a statement stops every greenlet of a web worker. A long read is therefore cut into
slices of a few milliseconds. One slice runs at a time in a process, and after it the reader waits as long as it took.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

LEAST_PAUSE_SECONDS = 0.001


class ReadTurns:
    """The turns of one process. PostgreSQL runs elsewhere: there, a turn ends only with a switch of greenlets."""

    def __init__(self, needed: bool):
        self._needed = needed
        self._lock = threading.Lock()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Run one slice of a long read. Do not nest turns."""
        if not self._needed:
            yield
            time.sleep(0)
            return
        with self._lock:
            began = time.monotonic()
            try:
                yield
            finally:
                time.sleep(max(LEAST_PAUSE_SECONDS, time.monotonic() - began))
