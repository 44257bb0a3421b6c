"""What the person on a call presses and says, for the verb that listens."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from midcall_emulator.core.clock import Clock
from midcall_emulator.core.tasks import release


@dataclass(frozen=True, slots=True)
class Key:
    """A key of the phone."""

    digit: str


@dataclass(frozen=True, slots=True)
class Speech:
    """Speech that starts now and lasts ``seconds``."""

    text: str
    seconds: float


Input = Key | Speech


class Inputs:
    """Keys and speech of one call. Input is lost while no verb listens, as on a real phone."""

    __slots__ = ("_is_listening", "_queue", "_waiter")

    def __init__(self) -> None:
        self._queue: deque[Input] = deque()
        self._waiter: asyncio.Future[None] | None = None
        self._is_listening = False

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Keep input while the block runs."""
        self._is_listening = True
        try:
            yield
        finally:
            self._is_listening = False
            self._queue.clear()

    def put(self, item: Input) -> None:
        """Add an input, if a verb listens."""
        if self._is_listening:
            self._queue.append(item)
            if self._waiter:
                release(self._waiter)

    async def next(self, clock: Clock, until: float | None) -> Input | None:
        """Return the next input, None if there is none by the virtual moment ``until``."""
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
