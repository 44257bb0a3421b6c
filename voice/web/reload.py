"""A reload of gunicorn without a gap: the old workers stop once the new ones serve.

gunicorn stops the old workers as soon as it has started the new processes. Those load the app for a second or more, and
callers wait that long.
"""

from __future__ import annotations

import logging
import mmap
import time
from typing import Any

log = logging.getLogger(__name__)
POLL_SECONDS = 0.02


def share_readiness(worker: Any) -> None:
    """Give the worker a mark that the master can read. Called in the master, before the fork."""
    worker.ready = mmap.mmap(-1, 1)


def mark_ready(worker: Any) -> None:
    """Show the master that the worker has loaded the app."""
    worker.ready[0] = 1


def keep_old_workers(arbiter: Any) -> None:
    """Let the reload that has just begun wait for its new workers before it stops the old ones."""
    oldest_new = arbiter.worker_age + 1

    def manage_workers() -> None:
        del arbiter.manage_workers  # only this once
        _wait_for_workers(arbiter, oldest_new)
        arbiter.manage_workers()

    arbiter.manage_workers = manage_workers


def _wait_for_workers(arbiter: Any, oldest_new: int) -> None:
    """Wait until as many new workers are ready as there are old ones; no longer than gunicorn waits for a worker.

    A new worker that dies is replaced, but not forever: it may die because of what it loads.
    """
    until, spare = time.monotonic() + arbiter.cfg.timeout, arbiter.num_workers
    while time.monotonic() < until:
        new = [worker for worker in arbiter.WORKERS.values() if worker.age >= oldest_new]
        if len(new) < arbiter.num_workers and spare:
            spare -= 1
            arbiter.spawn_worker()
        elif all(worker.ready[0] for worker in new):
            return
        arbiter.reap_workers()
        time.sleep(POLL_SECONDS)
    log.warning("New web workers are not ready after %d seconds. The old ones stop now.", arbiter.cfg.timeout)
