"""Time of a run: real seconds with Twilio, virtual seconds with an emulator whose clock stands still."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any, Protocol

import aiohttp

from midcall_emulator.verify.errors import RefusalError

Condition = Callable[[], bool]
_POLL_SECONDS = 0.05
_SHORTEST_STEP = 0.001  # the emulator rounds its next timer to milliseconds
_TIMEOUT = aiohttp.ClientTimeout(total=60)


class Pace(Protocol):
    """How time passes during a run."""

    def now(self) -> float:
        """Return a moment in seconds."""
        ...

    async def wait(self, condition: Condition, seconds: float) -> bool:
        """Wait until the condition holds, at most some seconds; return whether it holds."""
        ...


class RealPace:
    """Real seconds."""

    def now(self) -> float:
        """Return the monotonic time."""
        return time.monotonic()

    async def wait(self, condition: Condition, seconds: float) -> bool:
        """Look at the condition every 50 ms."""
        end = self.now() + seconds
        while not condition() and self.now() < end:
            await asyncio.sleep(_POLL_SECONDS)
        return condition()


class EmulatorPace:
    """Virtual seconds of an emulator with a manual clock: it goes from timer to timer."""

    def __init__(self, session: aiohttp.ClientSession, base_url: str) -> None:
        self._session, self._url, self._now = session, f"{base_url}/_emulator", 0.0

    def now(self) -> float:
        """Return the emulator's time; during a step, the time at its end."""
        return self._now

    async def wait(self, condition: Condition, seconds: float) -> bool:
        """Advance the clock to the next timer, until the condition holds or the time is over."""
        clock = await self._post("/settle", {})
        end = clock["seconds"] + seconds
        while not condition() and clock["seconds"] < end:
            left = end - clock["seconds"]
            due = clock["next_due_in"]
            step = left if due is None else min(left, max(due, _SHORTEST_STEP))
            self._now = clock["seconds"] + step
            clock = await self._post("/clock", {"advance": step})
        self._now = clock["seconds"]
        return condition()

    async def _post(self, path: str, body: dict[str, float]) -> dict[str, Any]:
        async with self._session.post(self._url + path, json=body, timeout=_TIMEOUT) as response:
            clock: dict[str, Any] = await response.json()
            return clock


async def pace_of(session: aiohttp.ClientSession, base_url: str) -> Pace:
    """Return the pace of an emulator if its clock is in manual mode, real time otherwise."""
    if ".twilio.com" in base_url:
        return RealPace()
    try:
        async with session.get(f"{base_url}/_emulator/clock", timeout=_TIMEOUT) as response:
            clock = await response.json() if response.status == 200 else {}
    except (aiohttp.ClientError, TimeoutError) as error:
        raise RefusalError(f"{base_url} does not answer: {error or 'time-out'}") from error
    return EmulatorPace(session, base_url) if clock.get("mode") == "manual" else RealPace()
