"""The recorder of webhooks: it records an event now, or spools it for later. It never raises."""

from __future__ import annotations

import logging
import threading

from voice.calls import CallFacts
from voice.errors import RegistryUnavailable
from voice.events import NewEvent
from voice.registry.engine.spool import Spool
from voice.registry.engine.spool_line import Record

log = logging.getLogger(__name__)
DRAIN_SECONDS = 0.5  # between two attempts to drain the spool


class Recorder:
    """Records events, by way of the spool while the database is unavailable."""

    def __init__(self, record: Record, spool: Spool):
        self._record = record
        self.spool = spool
        self._draining = threading.Lock()
        self._closed = threading.Event()

    def record(self, event: NewEvent, facts: CallFacts | None = None) -> None:
        """Put the event into the database or the spool before returning."""
        if self.spool.waiting or not self._is_recorded(event, facts):
            self.keep(event, facts)

    def keep(self, event: NewEvent, facts: CallFacts | None = None) -> None:
        """Put the event into the spool."""
        self.spool.append(event, facts)
        self.drain_soon()

    def drain_soon(self) -> None:
        """Drain the spool in the background, and retry until it is empty. One thread does this at a time."""
        if self.spool.waiting and self._draining.acquire(blocking=False):
            threading.Thread(target=self._drain, name="spool", daemon=True).start()

    def close(self) -> None:
        """Stop draining the spool. What it holds stays in its file for the next process."""
        self._closed.set()

    def _is_recorded(self, event: NewEvent, facts: CallFacts | None) -> bool:
        try:
            self._record(event, facts)
        except RegistryUnavailable as error:
            log.warning("The event goes to the spool: %s", error.message)
            return False
        except Exception:  # a bug of Midcall must not cost the caller the call
            log.exception("The event cannot be recorded. It goes to the spool.")
            return False
        return True

    def _drain(self) -> None:
        try:
            while self.spool.waiting and not self._closed.is_set():
                self._try_to_drain()
        finally:
            self._draining.release()

    def _try_to_drain(self) -> None:
        try:
            if self.spool.drain(self._record):
                return
        except (RegistryUnavailable, OSError) as error:
            log.info("The spool cannot be drained yet: %s", error)
        self._closed.wait(DRAIN_SECONDS)
