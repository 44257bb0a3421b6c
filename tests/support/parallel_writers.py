"""Processes that write to one database at the same time."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from typing import Any


def run_writers(write: Callable[[str, int, Any], None], database_url: str, writers: int) -> None:
    """Run `write(database_url, number, start)` in so many processes. Each waits for `start`; all must succeed."""
    context = multiprocessing.get_context("spawn")
    start = context.Barrier(writers, timeout=60)
    processes = [
        context.Process(target=write, args=[database_url, number, start]) for number in range(writers)
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0] * writers
