"""Virtual time: real, accelerated or advanced by hand, with the timers and tasks that live in it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol, TypeVar

from midcall_emulator.core.tasks import Tasks, release
from midcall_emulator.core.timers import RepeatingTimer, Timer, Timers

_TIMERS_AT_ONCE = 500  # timers that wake no task, before the event loop gets a turn

Result = TypeVar("Result")


class Clock:
    """Virtual time in seconds since the start of the world.

    The clock is settled when every task made with :meth:`spawn` has ended or is parked: from then on nothing happens
    until time passes or a request comes in.
    """

    def __init__(self, mode: str = "real", speed: float = 1.0) -> None:
        self.mode, self.speed = mode, speed
        self.started_at = datetime.now(UTC)
        self._origin, self._origin_real = 0.0, time.monotonic()
        self._timers, self._tasks = Timers(), Tasks()
        self._alarm: asyncio.TimerHandle | None = None
        self._advancing = asyncio.Lock()
        self._is_held = False

    # -- reading -----------------------------------------------------------------------------------------------

    def now(self) -> float:
        """Return virtual seconds since the start."""
        if self._stands_still:
            return self._origin
        return self._origin + (time.monotonic() - self._origin_real) * self.speed

    def date(self, at: float | None = None) -> datetime:
        """Return the UTC date of a virtual moment, by default of now."""
        return self.started_at + timedelta(seconds=self.now() if at is None else at)

    def next_due(self) -> float | None:
        """Return the moment of the earliest timer, None if there is none."""
        return self._timers.next_due()

    @property
    def busy(self) -> int:
        """How many tasks are running or wait for the network."""
        return self._tasks.busy

    @property
    def _stands_still(self) -> bool:
        return self._is_held or self.mode == "manual"

    # -- setting and advancing ---------------------------------------------------------------------------------

    def set_mode(self, mode: str, speed: float) -> None:
        """Set the mode (``real`` or ``manual``) and the speed; time continues from the present moment."""
        self._rebase()
        self.mode, self.speed = mode, speed
        self._set_alarm()

    async def advance(self, seconds: float) -> None:
        """Advance time by ``seconds``: fire each due timer in turn, and wait for what follows from it."""
        async with self._advancing:
            self._hold(True)
            try:
                await self._advance_to(self._origin + seconds)
            finally:
                self._hold(False)

    async def step(self, until: float) -> bool:
        """Advance to the next timer due by ``until`` and fire it; return False if there is none."""
        async with self._advancing:
            await self.settle()
            timer = self._timers.pop_due(until)
            if timer is None:
                self._origin = max(self._origin, until)
                return False
            self._origin = max(self._origin, timer.when)
            self._fire(timer)
            await self.settle()
            return True

    async def settle(self) -> None:
        """Wait until every task has ended or is parked, and thus every request is answered."""
        await self._tasks.wait_until_idle()

    async def _advance_to(self, target: float) -> None:
        await self.settle()
        fired = 0
        while (timer := self._timers.pop_due(target)) is not None:
            self._origin = max(self._origin, timer.when)
            self._fire(timer)
            fired += 1
            if timer.is_over or self.busy or fired > _TIMERS_AT_ONCE:
                await self.settle()
                fired = 0
        self._origin = max(self._origin, target)
        await self.settle()

    def _hold(self, is_held: bool) -> None:
        self._rebase()
        self._is_held = is_held
        self._set_alarm()

    def _rebase(self) -> None:
        self._origin, self._origin_real = self.now(), time.monotonic()

    # -- timers ------------------------------------------------------------------------------------------------

    def call_later(self, seconds: float, callback: Callable[[], object]) -> Timer:
        """Call ``callback`` after ``seconds`` of virtual time; at once, but not before this returns, for 0."""
        timer = Timer(self.now() + max(0.0, seconds), callback)
        if seconds <= 0:
            asyncio.get_running_loop().call_soon(timer.fire)
        else:
            self._add(timer)
        return timer

    async def sleep(self, seconds: float) -> None:
        """Wait for ``seconds`` of virtual time."""
        if seconds <= 0:
            return
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        timer = self.call_later(seconds, lambda: release(future))
        try:
            await self.park(future)
        finally:
            timer.cancel()

    async def repeat(
        self, seconds: float, on_start: Callable[[float], object], times: int | None = None
    ) -> None:
        """Repeat a period of ``seconds``, ``times`` times or until this is canceled if that is None.

        ``on_start`` gets the moment at which each period starts. The waiting task is woken at the end only, and
        ``advance`` waits for nothing but what ``on_start`` spawns.
        """
        timer = RepeatingTimer(self.now(), seconds, times, on_start)
        self._add(timer)
        try:
            await self.park(timer.done)
        finally:
            timer.cancel()

    def _add(self, timer: Timer) -> None:
        if self._timers.push(timer):
            self._set_alarm()

    def _set_alarm(self) -> None:
        """Have the event loop call when the earliest timer is due, unless time stands still."""
        if self._alarm:
            self._alarm.cancel()
            self._alarm = None
        due = self.next_due()
        if due is not None and not self._stands_still:
            delay = max(0.0, (due - self.now()) / self.speed)
            self._alarm = asyncio.get_running_loop().call_later(delay, self._ring)

    def _ring(self) -> None:
        self._alarm = None
        while (timer := self._timers.pop_due(self.now())) is not None:
            self._fire(timer)
        self._set_alarm()

    def _fire(self, timer: Timer) -> None:
        timer.fire()
        if not timer.is_over:
            self._timers.push(timer)

    # -- tasks -------------------------------------------------------------------------------------------------

    def spawn(self, work: Coroutine[Any, Any, Result]) -> asyncio.Task[Result]:
        """Start a task that counts as busy until it ends, except while it is parked."""
        return self._tasks.spawn(work)

    def park(self, future: asyncio.Future[Result]) -> Coroutine[Any, Any, Result]:
        """Wait for ``future`` without being busy. Only a task made with :meth:`spawn` may call this."""
        return self._tasks.park(future)

    async def close(self) -> None:
        """Stop every timer and task."""
        self._timers.clear()
        self._set_alarm()
        await self._tasks.cancel()


class HasClock(Protocol):
    """Offers the clock."""

    clock: Clock
