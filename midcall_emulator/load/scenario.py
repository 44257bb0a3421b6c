"""A scenario: how many callers dial, at what rate, and what each kind of caller does."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass

from midcall_emulator.load.caller import CallEnded, Caller
from midcall_emulator.settings import NUMBER

Play = Callable[[Caller], Awaitable[None]]
ARRIVALS = ("steady", "random")


class ScenarioError(ValueError):
    """A scenario that cannot run, with the reason."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of caller: ``play`` performs the call, ``share`` is the kind's weight among all kinds."""

    name: str
    play: Play
    share: float = 1.0


async def press_one(caller: Caller) -> None:
    """Listen, think, press 1, listen, hang up. An app that hangs up earlier is no failure."""
    await caller.hears()
    with suppress(CallEnded):
        await caller.wait(1, 3)
        await caller.press("1")
        await caller.wait(2, 5)


@dataclass(frozen=True, slots=True)
class Scenario:
    """A load test. ``rate`` is callers per real second; ``random`` arrivals have that rate on average."""

    callers: int = 100
    rate: float = 10.0
    arrivals: str = "steady"
    to: str = NUMBER
    voice_url: str = ""
    seed: int = 1
    kinds: tuple[Kind, ...] = (Kind("default", press_one),)

    def __post_init__(self) -> None:
        if not (self.callers > 0 and self.rate > 0 and self.arrivals in ARRIVALS):
            raise ScenarioError(
                f"callers and rate must be above 0, and arrivals one of {', '.join(ARRIVALS)}; the scenario has "
                f"callers {self.callers}, rate {self.rate}, arrivals {self.arrivals!r}"
            )
