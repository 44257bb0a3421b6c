"""Coroutine tests without a plugin: each runs in an event loop of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from functools import wraps


def in_event_loop(test: Callable[[], Coroutine[None, None, None]]) -> Callable[[], None]:
    """Decorate a coroutine function that is a test."""

    @wraps(test)
    def run() -> None:
        asyncio.run(test())

    return run
