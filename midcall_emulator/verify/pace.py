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
_SHORTEST_STEP = 0.001  # the emulator rounds its times to milliseconds
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
    """Virtual seconds of an emulator with a manual clock: it goes from timer to timer.

    The emulator's REST lags by real seconds, so a wait that comes to its end takes as many of them.
    """

    def __init__(self, session: aiohttp.ClientSession, base_url: str, lag_seconds: float) -> None:
        self._session, self._url, self._now = session, f"{base_url}/_emulator", 0.0
        self._lag_seconds = lag_seconds

    def now(self) -> float:
        """Return the emulator's time; during a step, the time at its end."""
        return self._now

    async def wait(self, condition: Condition, seconds: float) -> bool:
        """Advance the clock to the next timer, until the condition holds or the time is over."""
        clock = await self._post("/settle", {})
        end = clock["seconds"] + seconds
        while not condition() and (left := end - clock["seconds"]) >= _SHORTEST_STEP / 2:
            due = clock["next_due_in"]
            step = left if due is None else min(left, max(due, _SHORTEST_STEP))
            self._now = clock["seconds"] + step
            clock = await self._post("/clock", {"advance": step})
        self._now = clock["seconds"]
        if not condition():
            await asyncio.sleep(min(seconds, self._lag_seconds))
        return condition()

    async def _post(self, path: str, body: dict[str, float]) -> dict[str, Any]:
        async with self._session.post(self._url + path, json=body, timeout=_TIMEOUT) as response:
            clock: dict[str, Any] = await response.json()
            return clock


async def pace_of(session: aiohttp.ClientSession, base_url: str) -> Pace:
    """Return the pace of an emulator if its clock is in manual mode, real time otherwise."""
    if ".twilio.com" in base_url:
        return RealPace()
    clock = await _get(session, f"{base_url}/_emulator/clock")
    if clock.get("mode") != "manual":
        return RealPace()
    switches = (await _get(session, f"{base_url}/_emulator/switches"))["switches"]
    return EmulatorPace(session, base_url, switches["rest_lag_ms"] / 1000)


async def _get(session: aiohttp.ClientSession, url: str) -> dict[str, Any]:
    """Return the JSON of a response, {} if there is nothing at the URL."""
    try:
        async with session.get(url, timeout=_TIMEOUT) as response:
            return dict(await response.json()) if response.ok else {}
    except (aiohttp.ClientError, TimeoutError) as error:
        raise RefusalError(f"{url} does not answer: {error or 'time-out'}") from error
