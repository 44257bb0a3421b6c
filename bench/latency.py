"""Latency: the time of a webhook beside other work, and the time that Midcall adds to a command."""

import asyncio
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.callers import Callers
from bench.contenders import Contender
from bench.correctness import lost
from bench.open_loop import Answer, at_fixed_rate, percentiles, run
from bench.processes import SetupFailed
from bench.run_size import RunSize
from bench.servers import midcall, open_streams, slow_twilio, start_calls, updates_at

WEBHOOKS_PER_SECOND = 50
LIVE_CALLS = 100
WARM_UP_SECONDS = 2


@dataclass(frozen=True)
class Situation:
    """The work beside the webhooks. A situation without webhooks times the commands."""

    name: str
    webhooks_per_second: int = WEBHOOKS_PER_SECOND
    streams: int = 0
    commands_per_second: int = 0
    twilio_ms: int = 0


SITUATIONS = (
    Situation("no other work"),
    Situation("100 open event streams", streams=100),
    Situation("20 commands/s, Twilio takes 500 ms", commands_per_second=20, twilio_ms=500),
)
COMMANDS = (
    Situation("a command adds, Twilio takes 0 ms", 0, commands_per_second=10),
    Situation("a command adds, Twilio takes 100 ms", 0, commands_per_second=10, twilio_ms=100),
)


@dataclass(frozen=True)
class Sample:
    """The answers of one situation, warm-up apart, and the counts of its event streams."""

    warm_up: list[Answer]
    webhooks: list[Answer]
    commands: list[Answer]
    streams: dict[str, int]


def measure(root: Path, size: RunSize, scratch: Path) -> dict[str, Any]:
    """Measure every situation with a new database and new servers."""
    faults: list[str] = []
    figures: dict[str, list[dict[str, Any]]] = {"situations": [], "commands": []}
    for kind, situations in (("situations", SITUATIONS), ("commands", COMMANDS)):
        for number, situation in enumerate(situations):
            folder = scratch / f"{kind}-{number}"
            folder.mkdir()
            try:
                one = _measure_one(situation, root, size, folder)
            except (SetupFailed, OSError) as error:
                faults.append(f"{situation.name}: {error}")
                continue
            faults += [f"{situation.name}: {fault}" for fault in one.pop("faults")]
            figures[kind].append(one)
    return figures | {"faults": faults}


def _measure_one(situation: Situation, root: Path, size: RunSize, scratch: Path) -> dict[str, Any]:
    with (
        slow_twilio(situation.twilio_ms, scratch) as twilio,
        midcall(root, twilio, scratch) as (app, contender),
    ):
        sample = run(_sample(situation, size, app.port))
        updates = updates_at(twilio.port)
    return {
        "name": situation.name,
        "webhooks": percentiles(sample.webhooks),
        "commands": percentiles(sample.commands) if sample.commands else None,
        "added": percentiles(sample.commands, less_ms=situation.twilio_ms),
        "streams": sample.streams,
        "faults": _faults(situation, sample, updates, contender),
    }


async def _sample(situation: Situation, size: RunSize, port: int) -> Sample:
    async with Callers(port) as callers:
        live = await start_calls(callers, LIVE_CALLS)
        async with open_streams(situation.streams, port) as streams:
            warm_up = await _send(situation, WARM_UP_SECONDS, callers, live)
            webhooks, commands = await _send(situation, size.situation_seconds, callers, live)
    return Sample(warm_up[0] + warm_up[1], webhooks, commands, streams)


async def _send(
    situation: Situation, seconds: int, callers: Callers, live: list[str]
) -> tuple[list[Answer], list[Answer]]:
    """Send webhooks and commands, each at its own rate. Commands go to the live calls in turn."""
    return await asyncio.gather(
        at_fixed_rate(situation.webhooks_per_second, seconds, callers.webhook),
        at_fixed_rate(
            situation.commands_per_second, seconds, lambda number: callers.command(live[number % len(live)])
        ),
    )


def _faults(situation: Situation, sample: Sample, updates: int, contender: Contender) -> list[str]:
    faults = most_frequent_faults(sample.warm_up + sample.webhooks + sample.commands)
    commands = len(sample.commands) + situation.commands_per_second * WARM_UP_SECONDS
    if updates != commands:
        faults.append(f"{commands} commands made {updates} updates at Twilio")
    webhooks = sum(not one.fault for one in sample.webhooks)
    if missing := lost(contender, webhooks + LIVE_CALLS):
        faults.append(f"{missing} webhooks were answered but not stored")
    still_open = sample.streams.get("open_to_the_end", 0)
    if still_open != situation.streams:
        faults.append(f"{still_open} of {situation.streams} event streams stayed open")
    return faults


def most_frequent_faults(answers: list[Answer]) -> list[str]:
    """The three most frequent faults, each with its number."""
    counted = Counter(one.fault for one in answers if one.fault)
    return [f"{times} times: {fault}" for fault, times in counted.most_common(3)]
