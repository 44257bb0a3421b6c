"""Timers of the virtual clock."""

from __future__ import annotations

import asyncio

import pytest

from midcall_emulator.core.clock import Clock
from tests.support.event_loop import in_event_loop


@in_event_loop
async def test_canceled_timers_are_removed_and_never_fire() -> None:
    clock = Clock("manual")
    fired: list[int] = []
    timers = [clock.call_later(index + 1, lambda index=index: fired.append(index)) for index in range(9000)]
    for timer in timers[10:]:
        timer.cancel()
    clock.call_later(20000, fired.clear)
    for _ in range(20000):
        clock.call_later(9999, fired.clear).cancel()
    assert len(clock._timers) < 5000
    await clock.advance(9000)
    assert fired == list(range(10))


@in_event_loop
async def test_a_later_timer_with_an_earlier_due_time_fires_first() -> None:
    clock, done = Clock("real", speed=1000), asyncio.Event()
    clock.call_later(10**6, lambda: pytest.fail("too early"))
    clock.call_later(10, done.set)
    async with asyncio.timeout(10):
        await done.wait()


@in_event_loop
async def test_canceling_the_next_timer_keeps_the_following_one() -> None:
    clock, done = Clock("real", speed=1000), asyncio.Event()
    early = clock.call_later(5, lambda: pytest.fail("the timer was canceled"))
    clock.call_later(20, done.set)
    early.cancel()
    async with asyncio.timeout(10):
        await done.wait()
