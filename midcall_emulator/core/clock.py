"""The one place that knows time: real, speeded or turned by hand; and what is still under way in it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from midcall_emulator.core.timers import Beat, Timer, Timers

_ROUNDS = 6  # turns of the event loop without work before the world counts as settled
_BEATS_AT_ONCE = 500  # moments that wake nobody, before others than this world have their turn


class Clock:
    """Virtual time in seconds since the start of the world, and the tasks that live in it.

    A task made with :meth:`spawn` counts as work under way, except while it is parked. The world is settled when
    nothing is under way: only time, or somebody outside, can make anything happen then.
    """

    def __init__(self, mode: str = "real", speed: float = 1.0) -> None:
        self.mode, self.speed = mode, speed
        self.started_at = datetime.now(UTC)
        self._origin, self._origin_real = 0.0, time.monotonic()
        self._timers = Timers()
        self._alarm: asyncio.TimerHandle | None = None
        self._turning = asyncio.Lock()
        self._held = False
        self._busy = 0
        self._idle = asyncio.Event()
        self._idle.set()
        self._tasks: set[asyncio.Task[Any]] = set()

    # -- reading -----------------------------------------------------------------------------------------------

    def now(self) -> float:
        """Return virtual seconds since the start."""
        if self._stands:
            return self._origin
        return self._origin + (time.monotonic() - self._origin_real) * self.speed

    def date(self, at: float | None = None) -> datetime:
        """Return the UTC date of a virtual moment, of now by default."""
        return self.started_at + timedelta(seconds=self.now() if at is None else at)

    @property
    def busy(self) -> int:
        """How many tasks are at work or waiting for the network."""
        return self._busy

    def next_due(self) -> float | None:
        """Return the moment of the earliest timer."""
        return self._timers.next_due()

    @property
    def _stands(self) -> bool:
        return self._held or self.mode == "manual"

    # -- timers ------------------------------------------------------------------------------------------------

    def call_later(self, seconds: float, callback: Callable[[], object]) -> Timer:
        """Have ``callback`` called once ``seconds`` of virtual time have passed."""
        timer = Timer(self.now() + max(0.0, seconds), callback)
        if seconds <= 0:
            asyncio.get_running_loop().call_soon(timer.fire)
            return timer
        if self._timers.push(timer):
            self._arm()
        return timer

    def _arm(self) -> None:
        if self._alarm:
            self._alarm.cancel()
            self._alarm = None
        due = self.next_due()
        if due is not None and not self._stands:
            delay = max(0.0, (due - self.now()) / self.speed)
            self._alarm = asyncio.get_running_loop().call_later(delay, self._ring)

    def _ring(self) -> None:
        self._alarm = None
        while (timer := self._timers.take(self.now())) is not None:
            self._fire(timer)
        self._arm()

    def _fire(self, timer: Timer) -> None:
        timer.fire()
        if not timer.cancelled:
            self._timers.push(timer)

    # -- turning -----------------------------------------------------------------------------------------------

    def set_mode(self, mode: str, speed: float) -> None:
        """Set the mode (``real`` or ``manual``) and the speed; time goes on from where it is."""
        self._rebase()
        self.mode, self.speed = mode, speed
        self._arm()

    async def advance(self, seconds: float) -> None:
        """Move time by ``seconds``, one due thing after the other, each with all that follows from it."""
        async with self._turning:
            self._hold(True)
            try:
                await self._advance_to(self._origin + seconds)
            finally:
                self._hold(False)

    async def step(self, until: float) -> bool:
        """Move to the next due thing no later than ``until`` and do it; False when there is none left."""
        async with self._turning:
            await self.settle()
            timer = self._timers.take(until)
            if timer is None:
                self._origin = max(self._origin, until)
                return False
            self._origin = max(self._origin, timer.when)
            self._fire(timer)
            await self.settle()
            return True

    async def _advance_to(self, target: float) -> None:
        await self.settle()
        beats = 0
        while (timer := self._timers.take(target)) is not None:
            self._origin = max(self._origin, timer.when)
            self._fire(timer)
            beats += 1
            if timer.cancelled or self._busy or beats > _BEATS_AT_ONCE:
                await self.settle()
                beats = 0
        self._origin = max(self._origin, target)
        await self.settle()

    def _hold(self, held: bool) -> None:
        self._rebase()
        self._held = held
        self._arm()

    def _rebase(self) -> None:
        self._origin, self._origin_real = self.now(), time.monotonic()

    # -- work --------------------------------------------------------------------------------------------------

    def spawn(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Start a task that counts as work under way until it ends or parks."""
        self._enter()
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._finished)
        return task

    async def park(self, future: asyncio.Future[Any]) -> Any:
        """Wait for ``future`` without counting as work; only for tasks made with :meth:`spawn`."""
        self._leave()
        try:
            return await future
        finally:
            self._enter()

    async def sleep(self, seconds: float) -> None:
        """Wait until virtual time has moved by ``seconds``."""
        if seconds <= 0:
            return
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        timer = self.call_later(seconds, lambda: release(future))
        try:
            await self.park(future)
        finally:
            timer.cancel()

    async def repeat(self, seconds: float, note: Callable[[float], object], times: int | None = None) -> None:
        """Repeat ``times`` times, each of ``seconds``, until this is cancelled if None; ``note`` gets each moment.

        Whoever waits here is woken at the end only. ``advance`` waits for what ``note`` spawns, and for nothing else.
        """
        beat = Beat(self.now(), seconds, times, note)
        if self._timers.push(beat):
            self._arm()
        try:
            await self.park(beat.over)
        finally:
            beat.cancel()

    async def settle(self) -> None:
        """Wait until nothing is under way: every task parked, every request answered."""
        quiet = 0
        while quiet < _ROUNDS:
            if self._busy:
                quiet = 0
                await self._idle.wait()
            await asyncio.sleep(0)
            quiet += 1

    async def close(self) -> None:
        """Stop every task and timer."""
        self._timers.clear()
        self._arm()
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

    def _finished(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        self._leave()
        if not task.cancelled() and (error := task.exception()):
            asyncio.get_running_loop().call_exception_handler(
                {"message": "emulator task failed", "exception": error}
            )


def release(future: asyncio.Future[None]) -> None:
    """Let whoever waits for ``future`` go on, if it still waits."""
    if not future.done():
        future.set_result(None)


class HasClock(Protocol):
    """Offers the clock."""

    clock: Clock
