"""Bulk runs: one command for a thousand live calls, beside a loop over the calls, with webhooks meanwhile."""

import asyncio
import contextlib
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from statistics import median
from typing import Any

import aiohttp
from twilio.rest import Client

from bench.account import ACCOUNT_SID, ADMIN_TOKEN, AUTH_TOKEN, PUBLIC_URL
from bench.callers import Callers
from bench.contenders import Contender
from bench.correctness import lost
from bench.latency import most_frequent_faults
from bench.open_loop import Answer, at_fixed_rate, percentiles, run
from bench.processes import Server, SetupFailed, running
from bench.run_size import RunSize
from bench.servers import midcall, slow_twilio, start_calls, updates_at

CALLS, AT_ONCE, TWILIO_MS = 1000, 50, 100
IDEAL_SECONDS = CALLS * TWILIO_MS / 1000 / AT_ONCE
WEBHOOKS_PER_SECOND = 50
COMMAND = {"command": "redirect", "arguments": {"scene": "goodbye", "even_if_dropping": True}}
SCENE_URL = f"{PUBLIC_URL}/voice/scenes/goodbye"
POLL_SECONDS = 0.1
SPOOL_SECONDS = 30


def measure(root: Path, size: RunSize, scratch: Path) -> dict[str, Any]:
    """Measure all rounds on one database, then the loop against the same stand-in."""
    folder = scratch / "bulk"
    folder.mkdir()
    try:
        with slow_twilio(TWILIO_MS, folder) as twilio, _app(root, twilio, folder) as (web, contender):
            sample = run(_sample(size, web.port))
            updates = updates_at(twilio.port)
            spooled = _wait_for_spool(folder / "spool" / "waiting.jsonl")
            seconds_per_call = _loop(twilio.port, sample["calls"][: size.looped_calls])
    except (SetupFailed, OSError) as error:
        return {"faults": [str(error)]}
    return _figures(size, sample, updates, seconds_per_call, contender) | {"spooled": spooled}


def _wait_for_spool(spool: Path) -> bool:
    """Wait until the spool is empty; True if it was not, which happens on a busy machine."""
    deadline, waited = time.monotonic() + SPOOL_SECONDS, False
    while spool.exists() and spool.stat().st_size and time.monotonic() < deadline:
        waited = True
        time.sleep(POLL_SECONDS)
    return waited


@contextmanager
def _app(root: Path, twilio: Server, scratch: Path) -> Iterator[tuple[Server, Contender]]:
    """Midcall with two web workers and a worker process, which runs the bulk runs."""
    settings = {"BULK_AT_ONCE": str(AT_ONCE), "SWEEP_AFTER_SECONDS": "3600"}
    worker = (str(root / ".venv" / "bin" / "flask"), "--app", "app", "worker")
    with (
        midcall(root, twilio, scratch, **settings) as (web, contender),
        running(worker, contender.directory, contender.environment, scratch / "worker.log", listens=False),
    ):
        yield web, contender


async def _sample(size: RunSize, port: int) -> dict[str, Any]:
    """Start the calls; send webhooks without other work, then beside one run after the other."""
    async with Callers(port) as callers, Operator(port) as operator:
        calls = await start_calls(callers, CALLS, AT_ONCE)
        await _round(operator, calls)  # warms up
        idle = await at_fixed_rate(WEBHOOKS_PER_SECOND, size.situation_seconds, callers.webhook)
        rounds: list[dict[str, Any]] = []
        webhooks = asyncio.create_task(_webhooks_until_canceled(callers))
        await asyncio.sleep(1)
        for _ in range(size.bulk_rounds):
            rounds.append(await _round(operator, calls))
        webhooks.cancel()
        return {"calls": calls, "idle": idle, "busy": await webhooks, "rounds": rounds}


async def _webhooks_until_canceled(callers: Callers) -> list[Answer]:
    answers: list[Answer] = []
    with contextlib.suppress(asyncio.CancelledError):
        while True:
            answers += await asyncio.shield(at_fixed_rate(WEBHOOKS_PER_SECOND, 1, callers.webhook))
    return answers


class Operator:
    """An operator's script, which uses the admin API."""

    def __init__(self, port: int) -> None:
        self._address = f"http://127.0.0.1:{port}/admin/bulk"
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> "Operator":
        self._session = aiohttp.ClientSession(headers={"Authorization": f"Bearer {ADMIN_TOKEN}"})
        return self

    async def __aexit__(self, *_error: object) -> None:
        if self._session is not None:
            await self._session.close()

    async def request(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        """The answer in JSON. Raises SetupFailed for an error."""
        assert self._session is not None
        async with self._session.request(method, self._address + path, json=body) as answer:
            if answer.status >= 300:
                raise SetupFailed(f"{method} {path}: {answer.status} {await answer.text()}")
            return dict(await answer.json())


async def _round(operator: Operator, calls: list[str]) -> dict[str, Any]:
    """One run, timed from the operator's click to its end, by the clock of the machine."""
    preview = await operator.request("POST", "/preview", {**COMMAND, "select": {"call_sids": calls}})
    clicked = time.time()
    one = (await operator.request("POST", "", {"token": preview["token"]}))["run"]
    while one["state"] in ("queued", "running"):
        await asyncio.sleep(POLL_SECONDS)
        one = (await operator.request("GET", f"/{one['id']}"))["run"]
    finished = datetime.fromisoformat(one["finished_at"]).timestamp()
    return {"seconds": finished - clicked, "progress": one["progress"]}


def _loop(port: int, calls: list[str]) -> float:
    """The peer: the loop of Twilio's samples, with Twilio's SDK unchanged; seconds per call."""
    client = Client(ACCOUNT_SID, AUTH_TOKEN)
    client.api.base_url = f"http://127.0.0.1:{port}"
    started = time.perf_counter()
    for call_sid in calls:
        client.calls(call_sid).update(url=SCENE_URL, method="POST")
    return (time.perf_counter() - started) / len(calls)


def _figures(
    size: RunSize, sample: dict[str, Any], updates: int, seconds_per_call: float, contender: Contender
) -> dict[str, Any]:
    seconds = median(one["seconds"] for one in sample["rounds"])
    idle, busy = percentiles(sample["idle"]), percentiles(sample["busy"])
    return {
        "calls": CALLS, "at_once": AT_ONCE, "twilio_ms": TWILIO_MS, "ideal_seconds": IDEAL_SECONDS,
        "rounds": [one["seconds"] for one in sample["rounds"]], "seconds": seconds,
        "ratio_to_ideal": seconds / IDEAL_SECONDS, "loop_seconds": seconds_per_call * CALLS,
        "looped_calls": size.looped_calls, "times_the_loop": seconds_per_call * CALLS / seconds,
        "webhooks_idle": idle, "webhooks_busy": busy, "p99_ratio": busy["p99_ms"] / idle["p99_ms"],
        "faults": _faults(size, sample, updates, contender),
    }  # fmt: skip


def _faults(size: RunSize, sample: dict[str, Any], updates: int, contender: Contender) -> list[str]:
    answers = sample["idle"] + sample["busy"]
    faults = most_frequent_faults(answers)
    progress = [one["progress"] for one in sample["rounds"]]
    faults += [f"a run ended with {one}" for one in progress if one["done"] != CALLS]
    if updates != CALLS * (size.bulk_rounds + 1):
        faults.append(f"{size.bulk_rounds + 1} runs of {CALLS} calls made {updates} updates at Twilio")
    if missing := lost(contender, sum(not one.fault for one in answers) + CALLS):
        faults.append(f"{missing} webhooks were answered but not stored")
    return faults
