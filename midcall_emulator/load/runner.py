"""The run of a scenario: callers dial on schedule, independently of the calls before them."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Iterator

from midcall_emulator.load.caller import CallEnded, Caller, LineError, StepFailed
from midcall_emulator.load.line import HttpLine
from midcall_emulator.load.scenario import Kind, Scenario
from midcall_emulator.load.statistics import Statistics

_SETTLE_SECONDS = 20


async def run(scenario: Scenario, line: HttpLine, statistics: Statistics, stop: asyncio.Event) -> None:
    """Run all callers to their end; ``stop`` ends the run early, LineError if the event feed fails."""
    ready = asyncio.Event()
    feed = asyncio.create_task(line.listen(ready))
    try:
        await _first(feed, asyncio.create_task(ready.wait()))
        statistics.started = time.monotonic()
        callers = asyncio.create_task(_dial_all(scenario, line, statistics))
        await _first(feed, callers, asyncio.create_task(stop.wait()))
        await _first(feed, asyncio.create_task(_settle(line)))
    finally:
        feed.cancel()


async def _first(feed: asyncio.Task[None], *tasks: asyncio.Task[object]) -> None:
    """Wait for the first of the tasks and cancel the others; LineError if the feed fails first."""
    try:
        await asyncio.wait({feed, *tasks}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    if feed.done():
        await feed


async def _dial_all(scenario: Scenario, line: HttpLine, statistics: Statistics) -> None:
    loop, chance = asyncio.get_running_loop(), random.Random(scenario.seed)
    started = loop.time()
    async with asyncio.TaskGroup() as group:
        for index, due in enumerate(due_times(scenario, chance)):
            await asyncio.sleep(started + due - loop.time())
            caller = Caller(line, f"+1646{index:07d}", random.Random(chance.random()))
            [kind] = chance.choices(scenario.kinds, [kind.share for kind in scenario.kinds])
            line.register(caller)
            group.create_task(_call(scenario.to, statistics, caller, kind))
            statistics.dialed, statistics.dialing_seconds = index + 1, loop.time() - started


def due_times(scenario: Scenario, chance: random.Random) -> Iterator[float]:
    """Yield the moment at which each caller dials, in real seconds from the start."""
    at = 0.0
    for index in range(scenario.callers):
        is_steady = scenario.arrivals == "steady"
        at = index / scenario.rate if is_steady else at + chance.expovariate(scenario.rate)
        yield at


async def _call(to: str, statistics: Statistics, caller: Caller, kind: Kind) -> None:
    outcome = "stopped"
    try:
        outcome = await _outcome(to, caller, kind)
    except asyncio.CancelledError:
        await _hang_up(caller)
        raise
    finally:
        statistics.callers[outcome] += 1


async def _outcome(to: str, caller: Caller, kind: Kind) -> str:
    """Make the call; return ``done``, ``cut off``, or the failure."""
    try:
        await caller.dial(to)
        await kind.play(caller)
        await caller.hangup()
    except CallEnded:
        return "cut off"
    except StepFailed as error:
        await _hang_up(caller)
        return f"{kind.name}: {error}"
    except LineError as error:
        return f"refused: {error}"
    return "done"


async def _hang_up(caller: Caller) -> None:
    if not caller.sid:
        return
    try:
        await caller.hangup()
    except LineError:
        return


async def _settle(line: HttpLine) -> None:
    """Wait for the last status callbacks, with a time limit."""
    try:
        async with asyncio.timeout(_SETTLE_SECONDS):
            await line.do("/settle", {})
            await asyncio.sleep(0.05)
    except (TimeoutError, LineError):
        return
