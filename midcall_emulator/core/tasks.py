"""The tasks of a world, and whether any of them is busy."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

_QUIET_TURNS = 6  # turns of the event loop without a busy task, after which the tasks count as idle

Result = TypeVar("Result")


class Tasks:
    """Tasks that count as busy until they end, except while they are parked."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()
        self._busy = 0
        self._idle = asyncio.Event()
        self._idle.set()

    @property
    def busy(self) -> int:
        """How many tasks are running or wait for the network."""
        return self._busy

    def spawn(self, work: Coroutine[Any, Any, Result]) -> asyncio.Task[Result]:
        """Start a task."""
        self._enter()
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._finish)
        return task

    async def park(self, future: asyncio.Future[Result]) -> Result:
        """Wait for ``future`` without being busy. Only a task made with ``spawn`` may call this."""
        self._leave()
        try:
            return await future
        finally:
            self._enter()

    async def wait_until_idle(self) -> None:
        """Wait until every task has ended or is parked."""
        quiet = 0
        while quiet < _QUIET_TURNS:
            if self._busy:
                quiet = 0
                await self._idle.wait()
            await asyncio.sleep(0)
            quiet += 1

    async def cancel(self) -> None:
        """Cancel every task, and wait for their ends."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _enter(self) -> None:
        self._busy += 1
        self._idle.clear()

    def _leave(self) -> None:
        self._busy -= 1
        if not self._busy:
            self._idle.set()

    def _finish(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        self._leave()
        if not task.cancelled() and (error := task.exception()):
            asyncio.get_running_loop().call_exception_handler(
                {"message": "emulator task failed", "exception": error}
            )


def release(future: asyncio.Future[None]) -> None:
    """Let a task go on that waits for ``future``, if it still waits."""
    if not future.done():
        future.set_result(None)
