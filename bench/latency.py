"""How long a webhook takes while other things go on, and what a command adds to Twilio's own answer."""

import asyncio
import json
import sys
import urllib.request
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import contenders
from bench.account import environment
from bench.callers import Callers
from bench.correctness import lost
from bench.open_loop import Answer, at_fixed_rate, percentiles, run
from bench.places import ROOT
from bench.plan import Plan
from bench.processes import DidNotStart, Server, run_to_end, running

WEBHOOKS_PER_SECOND = 50
LIVE_CALLS = 100
WARM_UP_SECONDS = 2
STREAM_SECONDS = 30


@dataclass(frozen=True)
class Situation:
    """What goes on beside the webhooks; with none of those, it is the commands that are timed."""

    name: str
    webhooks_per_second: int = WEBHOOKS_PER_SECOND
    streams: int = 0
    commands_per_second: int = 0
    twilio_ms: int = 0


SITUATIONS = (
    Situation("nothing else"),
    Situation("100 open event streams", streams=100),
    Situation("20 commands/s, Twilio takes 500 ms", commands_per_second=20, twilio_ms=500),
)
COMMANDS = (
    Situation("a command adds, Twilio takes 0 ms", 0, commands_per_second=10),
    Situation("a command adds, Twilio takes 100 ms", 0, commands_per_second=10, twilio_ms=100),
)


def measure(root: Path, plan: Plan, scratch: Path) -> dict[str, Any]:
    """Every situation on a new database and newly started servers."""
    faults: list[str] = []
    figures: dict[str, list[dict[str, Any]]] = {"situations": [], "commands": []}
    for kind, situations in (("situations", SITUATIONS), ("commands", COMMANDS)):
        for number, situation in enumerate(situations):
            place = scratch / f"{kind}-{number}"
            place.mkdir()
            try:
                one = _measure_one(situation, root, plan, place)
            except (DidNotStart, OSError) as error:
                faults.append(f"{situation.name}: {error}")
                continue
            faults += [f"{situation.name}: {fault}" for fault in one.pop("faults")]
            figures[kind].append(one)
    return figures | {"faults": faults}


def _measure_one(situation: Situation, root: Path, plan: Plan, scratch: Path) -> dict[str, Any]:
    with (
        twilio_that_takes(situation.twilio_ms, scratch) as twilio,
        app_of(root, twilio, scratch) as (app, contender),
    ):
        happened = run(_happen(situation, plan, app.port))
        updates = updates_at(twilio.port)
    return {
        "name": situation.name,
        "webhooks": percentiles(happened.webhooks),
        "commands": percentiles(happened.commands) if happened.commands else None,
        "added": percentiles(happened.commands, less_ms=situation.twilio_ms),
        "streams": happened.streams,
        "faults": _faults(situation, happened, updates, contender),
    }


@dataclass(frozen=True)
class Happened:
    """What was sent in a situation, warm-up apart, and what became of the streams."""

    warm_up: list[Answer]
    webhooks: list[Answer]
    commands: list[Answer]
    streams: dict[str, int]


async def _happen(situation: Situation, plan: Plan, port: int) -> Happened:
    async with Callers(port) as callers:
        made = [await callers.webhook(number, "in-progress") for number in range(LIVE_CALLS)]
        if any(made):
            raise DidNotStart(next(filter(None, made)))
        live = callers.live
        async with open_streams(situation.streams, port) as streams:
            warm_up = await _both(situation, WARM_UP_SECONDS, callers, live)
            webhooks, commands = await _both(situation, plan.situation_seconds, callers, live)
    return Happened(warm_up[0] + warm_up[1], webhooks, commands, streams)


async def _both(
    situation: Situation, seconds: int, callers: Callers, live: list[str]
) -> tuple[list[Answer], list[Answer]]:
    """Webhooks and commands, each at its own rate; commands go round the live calls."""
    return await asyncio.gather(
        at_fixed_rate(situation.webhooks_per_second, seconds, callers.webhook),
        at_fixed_rate(
            situation.commands_per_second, seconds, lambda number: callers.command(live[number % len(live)])
        ),
    )


@contextmanager
def twilio_that_takes(delay_ms: int, scratch: Path) -> Iterator[Server]:
    """The stand-in for Twilio's REST API, with that much delay."""
    command = (sys.executable, "-m", "bench.slow_twilio", "{port}", str(delay_ms))
    with running(command, ROOT, environment(), scratch / "twilio.log") as server:
        yield server


@contextmanager
def app_of(root: Path, twilio: Server, scratch: Path) -> Iterator[tuple[Server, contenders.Contender]]:
    """Midcall with two web workers, on a new database."""
    api = f"http://127.0.0.1:{twilio.port}"
    contender = contenders.midcall(scratch, root, workers=2, TWILIO_API_URL=api)
    for command in contender.prepare:
        run_to_end(command, contender.directory, contender.environment)
    with running(
        contender.command, contender.directory, contender.environment, scratch / "midcall.log"
    ) as server:
        yield server, contender


@asynccontextmanager
async def open_streams(count: int, port: int, path: str = "/admin/events") -> AsyncIterator[dict[str, int]]:
    """Hold streams while the block runs; what became of them is in the dictionary afterwards."""
    seen: dict[str, int] = {}
    if not count:
        yield seen
        return
    pipe = asyncio.subprocess.PIPE
    reader = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.streams", str(port), str(count), path, stdin=pipe, stdout=pipe, cwd=ROOT
    )
    assert reader.stdout is not None
    try:
        seen |= json.loads(await asyncio.wait_for(reader.stdout.readline(), STREAM_SECONDS) or "{}")
        yield seen
        printed, _ = await asyncio.wait_for(reader.communicate(b""), STREAM_SECONDS)
        seen |= json.loads(printed or "{}")
    finally:
        if reader.returncode is None:
            reader.kill()
            await reader.wait()


def updates_at(port: int) -> int:
    """How many updates the stand-in received."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/received", timeout=10) as answer:
        return int(json.load(answer)["updates"])


def _faults(
    situation: Situation, happened: Happened, updates: int, contender: contenders.Contender
) -> list[str]:
    answers = happened.warm_up + happened.webhooks + happened.commands
    counted = Counter(one.fault for one in answers if one.fault)
    faults = [f"{times} times: {fault}" for fault, times in counted.most_common(3)]
    commands = len(happened.commands) + situation.commands_per_second * WARM_UP_SECONDS
    if updates != commands:
        faults.append(f"{commands} commands made {updates} updates at Twilio")
    webhooks = sum(not one.fault for one in happened.webhooks)
    if missing := lost(contender, webhooks + LIVE_CALLS):
        faults.append(f"{missing} webhooks were answered but not stored")
    still_open = happened.streams.get("open_to_the_end", 0)
    if still_open != situation.streams:
        faults.append(f"{still_open} of {situation.streams} event streams were open to the end")
    return faults
