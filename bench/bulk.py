"""A command for a thousand live calls at once, beside a loop that does one after the other; and webhooks meanwhile."""

import asyncio
import contextlib
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from statistics import median
from typing import Any

import aiohttp
from twilio.rest import Client

from bench import contenders
from bench.account import ACCOUNT_SID, ADMIN_TOKEN, AUTH_TOKEN, PUBLIC_URL
from bench.callers import Callers
from bench.correctness import lost
from bench.latency import twilio_that_takes, updates_at
from bench.open_loop import Answer, at_fixed_rate, percentiles, run
from bench.places import ROOT
from bench.plan import Plan
from bench.processes import DidNotStart, Server, run_to_end, running

CALLS, AT_ONCE, TWILIO_MS = 1000, 50, 100
IDEAL_SECONDS = CALLS * TWILIO_MS / 1000 / AT_ONCE
WEBHOOKS_PER_SECOND = 50
COMMAND = {"command": "redirect", "arguments": {"scene": "goodbye", "even_if_dropping": True}}
SCENE_URL = f"{PUBLIC_URL}/voice/scenes/goodbye"
POLL_SECONDS = 0.1
SPOOL_SECONDS = 30


def measure(root: Path, plan: Plan, scratch: Path) -> dict[str, Any]:
    """All rounds on one database, then the loop against the same stand-in."""
    place = scratch / "bulk"
    place.mkdir()
    try:
        with twilio_that_takes(TWILIO_MS, place) as twilio, _midcall(root, twilio, place) as (web, contender):
            happened = run(_happen(plan, web.port))
            updates = updates_at(twilio.port)
            spooled = _until_recorded(place / "spool" / "waiting.jsonl")
            each_seconds = _one_after_the_other(twilio.port, happened["calls"][: plan.looped_calls])
    except (DidNotStart, OSError) as error:
        return {"faults": [str(error)]}
    return _figures(plan, happened, updates, each_seconds, contender) | {"spooled": spooled}


def _until_recorded(spool: Path) -> bool:
    """True if webhooks waited in the spool when the rounds were over: on a busy machine; returns when none does."""
    deadline, waited = time.monotonic() + SPOOL_SECONDS, False
    while spool.exists() and spool.stat().st_size and time.monotonic() < deadline:
        waited = True
        time.sleep(POLL_SECONDS)
    return waited


@contextmanager
def _midcall(root: Path, twilio: Server, scratch: Path) -> Iterator[tuple[Server, contenders.Contender]]:
    """Two web workers, and the worker process that runs what was asked for in bulk."""
    api = f"http://127.0.0.1:{twilio.port}"
    contender = contenders.midcall(
        scratch, root, workers=2, TWILIO_API_URL=api, BULK_AT_ONCE=str(AT_ONCE),
        SWEEP_AFTER_SECONDS="3600",
    )  # fmt: skip
    for command in contender.prepare:
        run_to_end(command, contender.directory, contender.environment)
    flask = str(root / ".venv" / "bin" / "flask")
    web = running(contender.command, contender.directory, contender.environment, scratch / "midcall.log")
    worker = running(
        (flask, "--app", "app", "worker"), contender.directory, contender.environment,
        scratch / "worker.log", listens=False,
    )  # fmt: skip
    with web as server, worker:
        yield server, contender


async def _happen(plan: Plan, port: int) -> dict[str, Any]:
    """Calls come in; webhooks while nothing else goes on; then webhooks while one run follows the other."""
    async with Callers(port) as callers, Operator(port) as operator:
        calls = await _live(callers)
        await _round(operator, calls)  # warms up
        idle = await at_fixed_rate(WEBHOOKS_PER_SECOND, plan.situation_seconds, callers.webhook)
        rounds: list[dict[str, Any]] = []
        webhooks = asyncio.create_task(_until_cancelled(callers))
        await asyncio.sleep(1)
        for _ in range(plan.bulk_rounds):
            rounds.append(await _round(operator, calls))
        webhooks.cancel()
        return {"calls": calls, "idle": idle, "busy": await webhooks, "rounds": rounds}


async def _live(callers: Callers) -> list[str]:
    for _ in range(CALLS // AT_ONCE):
        made = await asyncio.gather(*(callers.webhook(0, "in-progress") for _ in range(AT_ONCE)))
        if any(made):
            raise DidNotStart(next(filter(None, made)))
    return callers.live


async def _until_cancelled(callers: Callers) -> list[Answer]:
    """Webhooks, a second's worth after the other."""
    answers: list[Answer] = []
    with contextlib.suppress(asyncio.CancelledError):
        while True:
            answers += await asyncio.shield(at_fixed_rate(WEBHOOKS_PER_SECOND, 1, callers.webhook))
    return answers


class Operator:
    """An operator's script at the admin API."""

    def __init__(self, port: int) -> None:
        self._address = f"http://127.0.0.1:{port}/admin/bulk"
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> "Operator":
        self._session = aiohttp.ClientSession(headers={"Authorization": f"Bearer {ADMIN_TOKEN}"})
        return self

    async def __aexit__(self, *_error: object) -> None:
        if self._session is not None:
            await self._session.close()

    async def ask(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        """The answer. Raises DidNotStart if it is none."""
        assert self._session is not None
        async with self._session.request(method, self._address + path, json=body) as answer:
            if answer.status >= 300:
                raise DidNotStart(f"{method} {path}: {answer.status} {await answer.text()}")
            return dict(await answer.json())


async def _round(operator: Operator, calls: list[str]) -> dict[str, Any]:
    """One run from the operator's click to the moment at which it was done, by the machine's clock."""
    preview = await operator.ask("POST", "/preview", {**COMMAND, "select": {"call_sids": calls}})
    clicked = time.time()
    one = (await operator.ask("POST", "", {"token": preview["token"]}))["run"]
    while one["state"] in ("queued", "running"):
        await asyncio.sleep(POLL_SECONDS)
        one = (await operator.ask("GET", f"/{one['id']}"))["run"]
    finished = datetime.fromisoformat(one["finished_at"]).timestamp()
    return {"seconds": finished - clicked, "progress": one["progress"]}


def _one_after_the_other(port: int, calls: list[str]) -> float:
    """The peer: the loop of Twilio's samples, with Twilio's SDK as it comes; seconds for one call."""
    client = Client(ACCOUNT_SID, AUTH_TOKEN)
    client.api.base_url = f"http://127.0.0.1:{port}"
    begun = time.perf_counter()
    for call_sid in calls:
        client.calls(call_sid).update(url=SCENE_URL, method="POST")
    return (time.perf_counter() - begun) / len(calls)


def _figures(
    plan: Plan, happened: dict[str, Any], updates: int, each_seconds: float, contender: contenders.Contender
) -> dict[str, Any]:
    seconds = median(one["seconds"] for one in happened["rounds"])
    idle, busy = percentiles(happened["idle"]), percentiles(happened["busy"])
    return {
        "calls": CALLS, "at_once": AT_ONCE, "twilio_ms": TWILIO_MS, "ideal_seconds": IDEAL_SECONDS,
        "rounds": [one["seconds"] for one in happened["rounds"]], "seconds": seconds,
        "ratio_to_ideal": seconds / IDEAL_SECONDS, "loop_seconds": each_seconds * CALLS,
        "looped_calls": plan.looped_calls, "times_the_loop": each_seconds * CALLS / seconds,
        "webhooks_idle": idle, "webhooks_busy": busy, "p99_ratio": busy["p99_ms"] / idle["p99_ms"],
        "faults": _faults(plan, happened, updates, contender),
    }  # fmt: skip


def _faults(plan: Plan, happened: dict[str, Any], updates: int, contender: contenders.Contender) -> list[str]:
    answers = happened["idle"] + happened["busy"]
    counted = Counter(one.fault for one in answers if one.fault)
    faults = [f"{times} times: {fault}" for fault, times in counted.most_common(3)]
    faults += [f"a run ended with {one}" for one in _progress(happened) if one["done"] != CALLS]
    if updates != CALLS * (plan.bulk_rounds + 1):
        faults.append(f"{plan.bulk_rounds + 1} runs of {CALLS} calls made {updates} updates at Twilio")
    if missing := lost(contender, sum(not one.fault for one in answers) + CALLS):
        faults.append(f"{missing} webhooks were answered but not stored")
    return faults


def _progress(happened: dict[str, Any]) -> list[dict[str, int]]:
    return [one["progress"] for one in happened["rounds"]]


if __name__ == "__main__":
    sys.exit(f"run it from {ROOT}: python -m bench bulk")
