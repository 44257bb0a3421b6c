"""Running a scenario: callers who dial when it is their turn, whatever became of those before them."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Iterator

from midcall_emulator.load.caller import Caller, CutOff, InVain, Refused
from midcall_emulator.load.line import HttpLine
from midcall_emulator.load.scenario import Kind, Scenario
from midcall_emulator.load.statistics import Figures

_REST_SECONDS = 20


async def run(scenario: Scenario, line: HttpLine, figures: Figures, stop: asyncio.Event) -> None:
    """Let every caller dial, and wait until the last has finished; ``stop`` ends it early. Refused if it broke."""
    ready = asyncio.Event()
    feed = asyncio.create_task(line.listen(ready))
    try:
        await _first(feed, asyncio.create_task(ready.wait()))
        figures.started = time.monotonic()
        callers = asyncio.create_task(_arrivals(scenario, line, figures))
        await _first(feed, callers, asyncio.create_task(stop.wait()))
        await _first(feed, asyncio.create_task(_settled(line)))
    finally:
        feed.cancel()


async def _first(feed: asyncio.Task[None], *others: asyncio.Task[object]) -> None:
    """Wait for the first of the others, and cancel the rest; Refused if the feed breaks meanwhile."""
    try:
        await asyncio.wait({feed, *others}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
    if feed.done():
        await feed


async def _arrivals(scenario: Scenario, line: HttpLine, figures: Figures) -> None:
    loop, chance = asyncio.get_running_loop(), random.Random(scenario.seed)
    started = loop.time()
    async with asyncio.TaskGroup() as people:
        for index, due in enumerate(_due_times(scenario, chance)):
            await asyncio.sleep(started + due - loop.time())
            caller = Caller(line, f"+1646{index:07d}", random.Random(chance.random()))
            [kind] = chance.choices(scenario.kinds, [kind.share for kind in scenario.kinds])
            people.create_task(_play(scenario, line, figures, caller, kind))
            figures.dialled, figures.dialling_seconds = index + 1, loop.time() - started


def _due_times(scenario: Scenario, chance: random.Random) -> Iterator[float]:
    """Yield when each caller dials, in real seconds from the start."""
    at = 0.0
    for index in range(scenario.callers):
        at = (
            index / scenario.rate if scenario.arrivals == "steady" else at + chance.expovariate(scenario.rate)
        )
        yield at


async def _play(scenario: Scenario, line: HttpLine, figures: Figures, caller: Caller, kind: Kind) -> None:
    line.expect(caller)
    how = "stopped"
    try:
        how = await _outcome(scenario, caller, kind)
    except asyncio.CancelledError:
        await _hang_up(caller)
        raise
    finally:
        figures.callers[how] += 1


async def _outcome(scenario: Scenario, caller: Caller, kind: Kind) -> str:
    """Return how it went: ``done``, ``cut off``, or what was waited for in vain."""
    try:
        await caller.dial(scenario.to)
        await kind.play(caller)
        await caller.hangup()
    except CutOff:
        return "cut off"
    except InVain as error:
        await _hang_up(caller)
        return f"{kind.name}: {error}"
    except Refused as error:
        return f"refused: {error}"
    return "done"


async def _hang_up(caller: Caller) -> None:
    if not caller.sid:
        return
    try:
        await caller.hangup()
    except Refused:
        return


async def _settled(line: HttpLine) -> None:
    """Wait for the last status callbacks, but not for ever."""
    try:
        async with asyncio.timeout(_REST_SECONDS):
            await line.do("/settle", {})
            await asyncio.sleep(0.05)
    except (TimeoutError, Refused):
        return
