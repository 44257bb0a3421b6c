"""The worker's loop: it repeats every duty, each in a thread of its own, until SIGTERM or SIGINT."""

from __future__ import annotations

import gc
import logging
import signal
from threading import Event, Thread

from voice.services import Services
from voice.worker.duties import all_duties
from voice.worker.duty import Duty, run_logged

log = logging.getLogger(__name__)


class Worker:
    """One worker process with its duties, by name."""

    def __init__(self, services: Services):
        self._stopping = Event()
        self.duties = {name: kind(services, self._stopping) for name, kind in all_duties().items()}

    def run(self) -> None:
        """Repeat the duties until a signal stops the worker.

        Objects that are loaded by now are exempt from garbage collection: one pass over them would hold the lock of
        the database for 90 ms.
        """
        gc.collect()
        gc.freeze()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self.stop())
        threads = [Thread(target=self._repeat, args=[duty], name=name) for name, duty in self.duties.items()]
        for thread in threads:
            thread.start()
        log.info("The worker is running.")
        for thread in threads:
            thread.join()
        for duty in self.duties.values():
            run_logged(duty.end)

    def stop(self) -> None:
        """End `run` before the next round of each duty."""
        self._stopping.set()

    def tick(self) -> None:
        """Run one round of every duty, in this thread."""
        for duty in self.duties.values():
            run_logged(duty.run)

    def _repeat(self, duty: Duty) -> None:
        while not self._stopping.wait(duty.every_seconds):
            run_logged(duty.run)
