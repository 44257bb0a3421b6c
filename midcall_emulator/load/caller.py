"""A scripted caller: dials, waits, presses keys, speaks and hangs up. All seconds are virtual."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Protocol

from midcall_emulator.core.call_record import TERMINAL


class CallEnded(Exception):
    """The call ended before the caller had finished."""


class StepFailed(Exception):
    """What a step waited for did not happen in time."""


class LineError(Exception):
    """The emulator refused a request or could not be reached."""


class Line(Protocol):
    """A caller's connection to an emulator."""

    speed: float

    async def do(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Send a request to the control API; CallEnded if the call has ended, LineError for any other failure."""
        ...


class Caller:
    """One caller with a number of their own; ``chance`` is the caller's source of random numbers."""

    def __init__(self, line: Line, number: str, chance: random.Random) -> None:
        self._line, self.number, self.chance = line, number, chance
        self.sid, self.status = "", ""
        self._heard: list[str] = []
        self._heard_before_action = 0
        self._changed = asyncio.Event()

    @property
    def has_ended(self) -> bool:
        """Whether the call has ended."""
        return self.status in TERMINAL

    # -- actions -----------------------------------------------------------------------------------------------

    async def dial(self, to: str) -> None:
        """Dial a number."""
        self.sid = (await self._line.do("/calls", {"from": self.number, "to": to}))["sid"]

    async def press(self, digits: str) -> None:
        """Press keys."""
        await self._act("press", {"digits": digits})

    async def speak(self, text: str, seconds: float | None = None) -> None:
        """Start speaking, for ``seconds`` or as long as the text takes."""
        await self._act("speak", {"text": text} | ({} if seconds is None else {"seconds": seconds}))

    async def hangup(self) -> None:
        """Hang up. An ended call stays as it is."""
        with suppress(CallEnded):
            if not self.has_ended:
                self.status = (await self._line.do(f"/calls/{self.sid}/hangup", {}))["status"]

    async def _act(self, action: str, body: dict[str, Any]) -> None:
        if self.has_ended:
            raise CallEnded
        self._heard_before_action = len(self._heard)
        await self._line.do(f"/calls/{self.sid}/{action}", body)

    # -- waiting -----------------------------------------------------------------------------------------------

    async def wait(self, low: float, high: float | None = None) -> None:
        """Wait ``low`` seconds, or a random time between ``low`` and ``high``; CallEnded if the call ends first."""
        seconds = low if high is None else self.chance.uniform(low, high)
        if seconds and await self._until(lambda: self.has_ended, seconds):
            raise CallEnded

    async def hears(self, text: str = "", within: float = 30) -> None:
        """Wait until the caller hears ``text``, counting from the caller's last action."""
        if not await self._until(lambda: self.has_ended or self._has_heard(text), within):
            raise StepFailed(f"did not hear {text!r} within {within:g} s")
        if not self._has_heard(text):
            raise CallEnded

    async def ends(self, within: float = 60) -> None:
        """Wait until the app hangs up."""
        if not await self._until(lambda: self.has_ended, within):
            raise StepFailed(f"the app did not hang up within {within:g} s")

    def receive(self, kind: str, body: dict[str, Any]) -> None:
        """Take in an event of this caller's call."""
        if kind == "status":
            self.status = body["status"]
        elif kind == "heard":
            self._heard.append(" ".join(str(value) for value in body["heard"].values()))
        else:
            return
        self._changed.set()

    def _has_heard(self, text: str) -> bool:
        return any(text in item for item in self._heard[self._heard_before_action :])

    async def _until(self, condition: Callable[[], bool], seconds: float) -> bool:
        """Wait until a condition holds; return whether it did in time."""
        try:
            async with asyncio.timeout(seconds / self._line.speed):
                while not condition():
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            return condition()
        return True
