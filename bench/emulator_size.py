"""How many webhooks, calls and hours one emulator on one core can bear. Runs by itself, or as a part of the bench."""

import argparse
import asyncio
import gc
import importlib.metadata
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import aiohttp

from bench import report
from bench.machine import cpu_model
from midcall_emulator.core.numbers import Number
from midcall_emulator.core.voice_settings import VoiceSettings
from midcall_emulator.server import Emulator
from midcall_emulator.settings import NUMBER, Settings
from midcall_emulator.wire.urls import encode_form

ROOT = Path(__file__).parents[1]
AT_ONCE = 32
FLOORS = {"webhooks a second": 800, "live calls": 5000, "kB for each": 20, "seconds for an hour of music": 1}


def main() -> int:
    """Measure everything, print it, keep it. Exit status 1 if calls were lost; a missed floor is no error."""
    given = argparse.ArgumentParser(prog="python -m bench.emulator_size", description=__doc__)
    given.add_argument("--quick", action="store_true", help="a short run: to see that it works, not to quote")
    given.add_argument("--into", type=Path, help="a file for the figures, instead of one in bench/results/")
    asked = given.parse_args()
    results = _measured(asked.quick)
    if asked.into:
        asked.into.write_text(json.dumps(results))
    else:
        report.say(f"written to {report.write({'emulator': results, 'quick': asked.quick})}")
    return 1 if results["faults"] else 0


def _measured(quick: bool) -> dict[str, Any]:
    machine = {
        "cpu": f"{cpu_model()}, {os.cpu_count()} cores, {platform.platform()}",
        "load": f"{os.getloadavg()[0]:.2f}",
        "versions": f"python {platform.python_version()}  aiohttp {importlib.metadata.version('aiohttp')}",
    }
    report.say(f"{machine['cpu']}; load {machine['load']}\n{machine['versions']}")
    cores = sorted(os.sched_getaffinity(0))
    with _app(cores[-1]) as app:
        os.sched_setaffinity(0, {cores[0]})
        return machine | _measure(app, quick)


def _measure(app: str, quick: bool) -> dict[str, Any]:
    rounds = [_apart(_round, app, 1 if quick else 5) for _ in range(1 if quick else 5)]
    calls = 500 if quick else FLOORS["live calls"]
    webhooks, live = _said_webhooks(rounds), _apart(_live, app, calls, 1 if quick else 10)
    return {
        "rounds": rounds,
        "webhooks": webhooks,
        "live": live,
        "music": [_apart(_music, app, calls) for calls in (1, 100)],
        "faults": [] if live["live"] == calls else [f"{live['live']} of {calls} calls are live"],
    }


def _apart(part: Any, *arguments: Any) -> Any:
    """Run a coroutine in a process of its own: memory that another part has freed would flatter the next."""
    with ProcessPoolExecutor(1, get_context("spawn")) as process:
        return process.submit(_in_a_loop, part, *arguments).result()


def _in_a_loop(part: Any, *arguments: Any) -> Any:
    return asyncio.run(part(*arguments))


# -- webhooks a second -----------------------------------------------------------------------------------------


async def _round(app: str, seconds: float) -> dict[str, Any]:
    """Return rates of the emulator, of one that keeps connections, and of the bare client, one after the other."""
    return {
        "emulator": await _emulated(app, seconds),
        "keeping": await _emulated(app, seconds, keep_connections=True),
        "bare": await _bare(app, seconds),
    }


async def _emulated(app: str, seconds: float, **switches: Any) -> dict[str, float]:
    """Let calls run in circles: each answer leads to the next request, signed, recorded, parsed, performed."""
    async with _emulator(f"{app}/again", max_documents_at_once=10**9, **switches) as (emulator, number):
        for index in range(AT_ONCE):
            emulator.world.placement.place_inbound(f"+1646{index:07d}", number)
        return await _rate(lambda: sum(call.run.instant_documents for call in emulator.world.calls), seconds)


async def _bare(app: str, seconds: float) -> dict[str, float]:
    """Do the same requests with nothing but the HTTP client, as the emulator sets it up: a connection for each."""
    form = encode_form([(name, "x" * 12) for name in map("Parameter{}".format, range(25))])
    sent: list[None] = []
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0, force_close=True)) as session:
        tasks = [
            asyncio.create_task(_post_for_ever(session, f"{app}/again", form, sent)) for _ in range(AT_ONCE)
        ]
        try:
            return await _rate(lambda: len(sent), seconds)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


async def _post_for_ever(session: aiohttp.ClientSession, url: str, form: str, sent: list[None]) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded", "X-Twilio-Signature": "x" * 28}
    while True:
        async with session.post(url, data=form.encode(), headers=headers) as answer:
            await answer.read()
        sent.append(None)


async def _rate(count: Any, seconds: float) -> dict[str, float]:
    await asyncio.sleep(min(1, seconds / 2))
    before, started, cpu = count(), time.monotonic(), time.process_time()
    await asyncio.sleep(seconds)
    done, real, cpu = count() - before, time.monotonic() - started, time.process_time() - cpu
    return {"per_second": done / real, "per_cpu_second": done / cpu, "share_of_core": cpu / real}


def _said_webhooks(rounds: list[dict[str, Any]]) -> dict[str, float]:
    def median(who: str, what: str) -> float:
        return statistics.median(one[who][what] for one in rounds)

    for who in ("emulator", "keeping", "bare"):
        rates = [one[who]["per_second"] for one in rounds]
        report.say(
            f"  {who:<9} {median(who, 'per_second'):>7,.0f}/s ({min(rates):,.0f} to {max(rates):,.0f})   "
            f"{median(who, 'per_cpu_second'):>7,.0f} for each second of processor time, "
            f"of which it got {median(who, 'share_of_core'):.0%}"
        )
    ratio = median("emulator", "per_cpu_second") / median("bare", "per_cpu_second")
    rate = median("emulator", "per_second")
    _beside_floor("webhooks a second", rate, rate >= FLOORS["webhooks a second"])
    own = 1e6 / median("emulator", "per_cpu_second") - 1e6 / median("bare", "per_cpu_second")
    bound = "its own core" if median("emulator", "share_of_core") > 0.9 else "what else runs on its core"
    report.say(
        f"  emulator / bare client, by processor time: {ratio:.2f}; a webhook takes "
        f"{1e6 / median('bare', 'per_cpu_second'):.0f} µs in the HTTP client and {own:.0f} µs around it; "
        f"what bounds the rate is {bound}"
    )
    return {"per_second": rate, "ratio_by_cpu": ratio, "own_microseconds": own}


# -- live calls ------------------------------------------------------------------------------------------------


async def _live(app: str, calls: int, seconds: float) -> dict[str, Any]:
    """Dial until so many calls are live, each on endless music; then see what waiting costs."""
    async with _emulator(f"{app}/hold") as (emulator, number):
        world = emulator.world
        await _dial(world, number, 100)  # what is only loaded once does not count
        before, started = _resident_bytes(), time.monotonic()
        await _dial(world, number, calls)
        dialing = time.monotonic() - started
        each = (_resident_bytes() - before) / calls / 1000
        cpu, lags = time.process_time(), [await _lag() for _ in range(int(seconds * 10))]
        share = (time.process_time() - cpu) / (len(lags) * 0.1 + sum(lags))
        alive = sum(not call.is_over for call in world.calls) - 100
    report.say(
        f"  {alive:,} live calls after {dialing:.1f} s; they take {share:.0%} of a core, longest pause of the "
        f"event loop {max(lags) * 1000:.0f} ms"
    )
    _beside_floor("kB for each", each, each < FLOORS["kB for each"])
    return {"live": alive, "kb_each": each, "share_of_core": share, "longest_pause_ms": max(lags) * 1000}


async def _dial(world: Any, number: Number, calls: int) -> None:
    for index in range(calls):
        world.placement.place_inbound(f"+1646{index:07d}", number)
        while world.clock.busy > 64:
            await asyncio.sleep(0.005)
    while any(not call.transcript for call in world.calls):
        await asyncio.sleep(0.05)


async def _lag() -> float:
    started = time.monotonic()
    await asyncio.sleep(0.1)
    return time.monotonic() - started - 0.1


def _resident_bytes() -> int:
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


# -- an hour of music ------------------------------------------------------------------------------------------


async def _music(app: str, calls: int) -> dict[str, float]:
    async with _emulator(f"{app}/hold") as (emulator, number):
        world = emulator.world
        world.clock.set_mode("manual", 1.0)
        for index in range(calls):
            world.placement.place_inbound(f"+1646{index:07d}", number)
        await world.clock.settle()
        before, started, cpu = _resident_bytes(), time.monotonic(), time.process_time()
        await world.clock.advance(3600)
        seconds, cpu = time.monotonic() - started, time.process_time() - cpu
        kilobytes = (_resident_bytes() - before) / calls / 1000
    if calls == 1:
        _beside_floor("seconds for an hour of music", seconds, seconds < 1)
    else:
        report.say(
            f"  an hour of music for {calls} calls: {seconds:.2f} s ({cpu:.2f} s of processor time), "
            f"{kilobytes:.1f} kB more for each call"
        )
    return {"calls": calls, "seconds": seconds, "cpu_seconds": cpu, "kb_more_each": kilobytes}


# -- around it -------------------------------------------------------------------------------------------------


@asynccontextmanager
async def _emulator(voice_url: str, **switches: Any) -> AsyncIterator[tuple[Emulator, Number]]:
    number = Number(NUMBER, "PN" + "0" * 32, voice=VoiceSettings(voice_url))
    emulator = Emulator(Settings(port=0, numbers=(number,), switches=switches), "http://127.0.0.1")
    await emulator.start()
    try:
        yield emulator, number
    finally:
        await emulator.stop()


@contextmanager
def _app(core: int) -> Iterator[str]:
    command = [sys.executable, "-m", "bench.trivial_app"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        os.sched_setaffinity(process.pid, {core})
        assert process.stdout is not None
        try:
            yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
        finally:
            process.kill()


def _beside_floor(name: str, value: float, met: bool) -> None:
    report.say(f"  {name}: {value:,.2f}   floor {FLOORS[name]}  {'met' if met else 'MISSED'}")


if __name__ == "__main__":
    sys.exit(main())
