"""What keeps the emulator small and quick: timers, forms, what is kept of a call."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from urllib.parse import urlencode

import pytest

from midcall_emulator.core.clock import Clock
from midcall_emulator.wire.webhooks import encoded


def in_a_loop(test: Callable[[], Coroutine[None, None, None]]) -> Callable[[], None]:
    """Run a coroutine as a test."""

    def run() -> None:
        asyncio.run(test())

    run.__name__, run.__doc__ = test.__name__, test.__doc__
    return run


@in_a_loop
async def test_cancelled_timers_are_forgotten() -> None:
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


@in_a_loop
async def test_a_timer_that_is_due_before_the_others() -> None:
    clock, done = Clock("real", speed=1000), asyncio.Event()
    clock.call_later(10**6, lambda: pytest.fail("too early"))
    clock.call_later(10, done.set)
    async with asyncio.timeout(10):
        await done.wait()


@in_a_loop
async def test_an_alarm_for_a_cancelled_timer_does_no_harm() -> None:
    clock, done = Clock("real", speed=1000), asyncio.Event()
    early = clock.call_later(5, lambda: pytest.fail("it was cancelled"))
    clock.call_later(20, done.set)
    early.cancel()
    async with asyncio.timeout(10):
        await done.wait()


@pytest.mark.parametrize("value", ["", "a b", "+1415", "ä", "a&b=c%", "~-_.", "日本\n"])
def test_forms_are_what_they_would_be_anywhere(value: str) -> None:
    pairs = [("From", value), (value, "x"), ("From", value)]
    assert encoded(pairs) == urlencode(pairs)
