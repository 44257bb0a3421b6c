"""Waiting on the emulator's clock and in real time."""

from __future__ import annotations

import asyncio
import time

import aiohttp
import pytest

from midcall_emulator.client import Emulator
from midcall_emulator.verify.errors import RefusalError
from midcall_emulator.verify.pace import EmulatorPace, RealPace, pace_of


async def wait_on(url: str, seconds: float, times: int = 1) -> None:
    """Wait for something that does not happen, some times."""
    async with aiohttp.ClientSession() as session:
        pace = await pace_of(session, url)
        for _ in range(times):
            assert await pace.wait(lambda: False, seconds) is False


def test_a_wait_on_a_manual_clock_ends_whatever_the_fractions(twilio: Emulator, emulator_url: str) -> None:
    before = twilio.clock()["seconds"]
    asyncio.run(asyncio.wait_for(wait_on(emulator_url, 0.3, times=100), 20))
    assert twilio.clock()["seconds"] == pytest.approx(before + 30, abs=0.1)


def test_a_wait_that_comes_to_its_end_outlasts_the_lag_of_rest(twilio: Emulator, emulator_url: str) -> None:
    twilio.switches(rest_lag_ms=200)
    began = time.monotonic()
    asyncio.run(wait_on(emulator_url, 1))
    assert time.monotonic() - began >= 0.2


def test_the_pace_is_real_unless_the_clock_is_in_manual_mode(twilio: Emulator, emulator_url: str) -> None:
    async def kinds(url: str) -> type:
        async with aiohttp.ClientSession() as session:
            return type(await pace_of(session, url))

    assert asyncio.run(kinds(emulator_url)) is EmulatorPace
    twilio.clock(mode="real")
    assert asyncio.run(kinds(emulator_url)) is RealPace
    assert asyncio.run(kinds("https://api.twilio.com")) is RealPace
    with pytest.raises(RefusalError, match="does not answer"):
        asyncio.run(kinds("http://127.0.0.1:9"))
