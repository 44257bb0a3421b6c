"""What the person on the phone puts in, keys and speech, and the verb that listens to it."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from midcall_emulator.core.clock import Clock, release


@dataclass(frozen=True, slots=True)
class Key:
    """One key of the phone."""

    digit: str


@dataclass(frozen=True, slots=True)
class Speech:
    """The person starts talking now, and goes on for ``seconds``."""

    text: str
    seconds: float


Input = Key | Speech


class Inputs:
    """Keys and speech of one call. What nobody listens to is lost, as on a phone."""

    __slots__ = ("_listening", "_queue", "_waiter")

    def __init__(self) -> None:
        self._queue: deque[Input] = deque()
        self._waiter: asyncio.Future[None] | None = None
        self._listening = False

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Keep what comes in while the block runs."""
        self._listening = True
        try:
            yield
        finally:
            self._listening = False
            self._queue.clear()

    def put(self, item: Input) -> bool:
        """Take an input; return whether anybody listens."""
        if self._listening:
            self._queue.append(item)
            if self._waiter:
                release(self._waiter)
        return self._listening

    async def next(self, clock: Clock, until: float | None) -> Input | None:
        """Return the next input, or None once the virtual moment ``until`` has come."""
        if not self._queue:
            await self._wait(clock, until)
        return self._queue.popleft() if self._queue else None

    async def _wait(self, clock: Clock, until: float | None) -> None:
        waiter = self._waiter = asyncio.get_running_loop().create_future()
        timer = None
        if until is not None:
            timer = clock.call_later(until - clock.now(), lambda: release(waiter))
        try:
            await clock.park(waiter)
        finally:
            if timer:
                timer.cancel()
            self._waiter = None
