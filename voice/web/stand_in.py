"""The stand-in: a web process does the worker's part of an emergency stop while no worker is running."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from voice.bulk.worker import BulkWorker
from voice.control.emergency_stop import stop_late_calls
from voice.services import Services
from voice.worker.duty import run_logged

EVERY_SECONDS = 2.0


class StandIn:
    """Ends the calls of an emergency stop. Several web processes share this work as workers do."""

    def __init__(self, services: Services):
        self._services = services
        self._bulk = BulkWorker(services, only=services.registry.emergency.run_ids)

    def start(self, alive: Callable[[], bool]) -> None:
        """Look every two seconds, in a thread of its own, as long as the process is alive.

        Each look also refreshes the last known stop of this host.
        """
        threading.Thread(target=self._repeat, args=[alive], name="stand-in", daemon=True).start()

    def run(self) -> None:
        """End the calls that an active stop has not reached. Does nothing while a worker is running."""
        registry = self._services.registry
        if registry.emergency.current() is None or registry.workers.live():
            return
        stop_late_calls(self._services)
        self._bulk.run_due()

    def _repeat(self, alive: Callable[[], bool]) -> None:
        while alive():
            run_logged(self.run)
            time.sleep(EVERY_SECONDS)
