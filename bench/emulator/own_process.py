"""A part in a process of its own. Memory that another part has freed would improve its figures."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any


def in_own_process(part: Callable[..., Any], *arguments: Any) -> Any:
    """The result of a coroutine function, run in a new process."""
    with ProcessPoolExecutor(1, get_context("spawn")) as process:
        return process.submit(_run, part, *arguments).result()


def _run(part: Callable[..., Any], *arguments: Any) -> Any:
    return asyncio.run(part(*arguments))
