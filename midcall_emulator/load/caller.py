"""One caller: dials, listens, thinks, presses, talks, hangs up. Seconds are those of the emulator's clock."""

from __future__ import annotations

import asyncio
import random
from contextlib import suppress
from typing import Any, Protocol

from midcall_emulator.core.call_record import TERMINAL


class CutOff(Exception):
    """The call is over, and the caller had not finished."""


class InVain(Exception):
    """The caller waited long enough for something."""


class Refused(Exception):
    """The emulator did not do what was asked for."""


class Line(Protocol):
    """What a caller's phone is connected to. ``do`` raises CutOff if the call is over, Refused for the rest."""

    speed: float

    async def do(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Make a request to face two."""
        ...


class Caller:
    """One person with one phone; ``number`` is theirs alone, ``chance`` what they throw dice with."""

    def __init__(self, line: Line, number: str, chance: random.Random) -> None:
        self._line, self.number, self.chance = line, number, chance
        self.sid, self.status = "", ""
        self._heard: list[str] = []
        self._since = 0
        self._changed = asyncio.Event()

    @property
    def is_over(self) -> bool:
        """Whether the call has ended."""
        return self.status in TERMINAL

    # -- doing -------------------------------------------------------------------------------------------------

    async def dial(self, to: str) -> None:
        """Dial a number."""
        self.sid = (await self._line.do("/calls", {"from": self.number, "to": to}))["sid"]

    async def press(self, digits: str) -> None:
        """Press keys."""
        await self._do("press", {"digits": digits})

    async def speak(self, text: str, seconds: float | None = None) -> None:
        """Start talking, for ``seconds`` or as long as the text takes."""
        await self._do("speak", {"text": text} | ({} if seconds is None else {"seconds": seconds}))

    async def hangup(self) -> None:
        """Hang up, unless the call is over already."""
        with suppress(CutOff):
            if not self.is_over:
                self.status = (await self._line.do(f"/calls/{self.sid}/hangup", {}))["status"]

    async def wait(self, low: float, high: float | None = None) -> None:
        """Let that many seconds pass, or a number between the two; CutOff if the call ends meanwhile."""
        seconds = low if high is None else self.chance.uniform(low, high)
        if seconds and await self._until(lambda: self.is_over, seconds):
            raise CutOff

    async def hears(self, text: str = "", within: float = 30) -> None:
        """Wait until something with ``text`` in it is heard, or was since this caller last did something."""
        if not await self._until(lambda: self.is_over or self._mentions(text), within):
            raise InVain(f"did not hear {text!r} within {within:g} s")
        if not self._mentions(text):
            raise CutOff

    async def ends(self, within: float = 60) -> None:
        """Wait until the other side hangs up."""
        if not await self._until(lambda: self.is_over, within):
            raise InVain(f"nobody hung up within {within:g} s")

    async def _do(self, what: str, body: dict[str, Any]) -> None:
        if self.is_over:
            raise CutOff
        self._since = len(self._heard)
        await self._line.do(f"/calls/{self.sid}/{what}", body)

    # -- noticing ----------------------------------------------------------------------------------------------

    def notice(self, kind: str, body: dict[str, Any]) -> None:
        """Take in what happened on this caller's call."""
        if kind == "status":
            self.status = body["status"]
        elif kind == "heard":
            self._heard.append(" ".join(str(value) for value in body["heard"].values()))
        else:
            return
        self._changed.set()

    def _mentions(self, text: str) -> bool:
        return any(text in item for item in self._heard[self._since :])

    async def _until(self, holds: Any, seconds: float) -> bool:
        try:
            async with asyncio.timeout(seconds / self._line.speed):
                while not holds():
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            return bool(holds())
        return True
