"""Webhooks per second: the emulator, the emulator with kept connections, and a bare HTTP client."""

import asyncio
import statistics
import time
from collections.abc import Callable
from typing import Any

import aiohttp

from bench.emulator.world import emulator, place_calls, print_floor
from bench.report import print_line
from midcall_emulator.wire.urls import encode_form

CALLS = 32
FLOOR = 800  # per second


async def measure(app: str, seconds: float) -> dict[str, Any]:
    """The rates of one round: of the emulator, with kept connections, and of the bare client."""
    return {
        "emulator": await _emulator_rate(app, seconds),
        "keeping": await _emulator_rate(app, seconds, keep_connections=True),
        "bare": await _bare_rate(app, seconds),
    }


async def _emulator_rate(app: str, seconds: float, **switches: Any) -> dict[str, float]:
    """Calls run in circles: each answer leads to the next request, signed, recorded, parsed and performed."""
    async with emulator(f"{app}/again", max_documents_at_once=10**9, **switches) as (running, number):
        place_calls(running.world, number, CALLS)
        return await _rate(lambda: sum(call.run.instant_documents for call in running.world.calls), seconds)


async def _bare_rate(app: str, seconds: float) -> dict[str, float]:
    """The same requests with the HTTP client alone, set up as in the emulator: a connection for each."""
    form = encode_form([(name, "x" * 12) for name in map("Parameter{}".format, range(25))])
    sent: list[None] = []
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0, force_close=True)) as session:
        tasks = [
            asyncio.create_task(_post_repeatedly(session, f"{app}/again", form, sent)) for _ in range(CALLS)
        ]
        try:
            return await _rate(lambda: len(sent), seconds)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


async def _post_repeatedly(session: aiohttp.ClientSession, url: str, form: str, sent: list[None]) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded", "X-Twilio-Signature": "x" * 28}
    while True:
        async with session.post(url, data=form.encode(), headers=headers) as answer:
            await answer.read()
        sent.append(None)


async def _rate(count: Callable[[], int], seconds: float) -> dict[str, float]:
    await asyncio.sleep(min(1, seconds / 2))
    before, started, cpu = count(), time.monotonic(), time.process_time()
    await asyncio.sleep(seconds)
    done, real, cpu = count() - before, time.monotonic() - started, time.process_time() - cpu
    return {"per_second": done / real, "per_cpu_second": done / cpu, "share_of_core": cpu / real}


def summarize(rounds: list[dict[str, Any]]) -> dict[str, float]:
    """Print the medians of all rounds, and return those that count."""
    for client in ("emulator", "keeping", "bare"):
        _print_client(rounds, client)
    rate = _median(rounds, "emulator", "per_second")
    print_floor("webhooks per second", rate, FLOOR, rate >= FLOOR)
    per_cpu, bare_per_cpu = (_median(rounds, client, "per_cpu_second") for client in ("emulator", "bare"))
    http, own = 1e6 / bare_per_cpu, 1e6 / per_cpu - 1e6 / bare_per_cpu
    limit = "its core" if _median(rounds, "emulator", "share_of_core") > 0.9 else "other work on its core"
    print_line(
        f"  emulator / bare client, by processor time: {per_cpu / bare_per_cpu:.2f}; a webhook takes "
        f"{http:.0f} µs in the HTTP client and {own:.0f} µs around it; the rate is limited by {limit}"
    )
    return {"per_second": rate, "ratio_by_cpu": per_cpu / bare_per_cpu, "own_microseconds": own}


def _print_client(rounds: list[dict[str, Any]], client: str) -> None:
    rates = [one[client]["per_second"] for one in rounds]
    print_line(
        f"  {client:<9} {_median(rounds, client, 'per_second'):>7,.0f}/s ({min(rates):,.0f} to {max(rates):,.0f})   "
        f"{_median(rounds, client, 'per_cpu_second'):>7,.0f} per second of processor time, "
        f"{_median(rounds, client, 'share_of_core'):.0%} of the core"
    )


def _median(rounds: list[dict[str, Any]], client: str, figure: str) -> float:
    return statistics.median(float(one[client][figure]) for one in rounds)
