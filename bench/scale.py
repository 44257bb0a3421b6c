"""Scale: several processes on one PostgreSQL that is a millisecond away, and the rate that 50 hosts can reach."""

import json
import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg

from bench import contenders
from bench.account import environment
from bench.contenders import Contender
from bench.lock_sampler import LockSampler
from bench.open_loop import run
from bench.paths import BENCH, ROOT
from bench.postgresql import USER, PostgreSQL, binaries, postgresql
from bench.processes import Server, SetupFailed, run_to_end, running
from bench.run_size import RunSize
from bench.servers import open_streams
from bench.signed_webhooks import write_requests
from bench.wrk import Load, Requests, load

DELAY_MS = 1  # each way
PROCESSES = (1, 2, 4)
HOSTS, AT_ONCE = 50, 4
CONNECTIONS = 32  # for each process
FLOOR = 5_000
PREPARED_PER_SECOND = 2_500
SETTLE_SECONDS = 2  # until a stream has received the last event


def measure(root: Path, size: RunSize, scratch: Path) -> dict[str, Any]:
    """Measure 1, 2 and 4 processes over HTTP, then the writes of 50 hosts; each on a new database."""
    if binaries() is None:
        return {"left_out": ["PostgreSQL is missing: apt-get install postgresql"], "faults": []}
    try:
        with postgresql() as server, _relay(server, scratch) as relay:
            figures = [_processes(root, size, scratch, server, relay, count) for count in PROCESSES]
            hosts = _hosts(root, size, server, relay)
            round_trip_ms = _round_trip_ms(relay)
    except (SetupFailed, OSError) as error:
        return {"faults": [str(error)]}
    faults = [fault for one in [*figures, hosts] for fault in one.pop("faults")]
    return {"round_trip_ms": round_trip_ms, "processes": figures, "hosts": hosts, "faults": faults}


@contextmanager
def _relay(server: PostgreSQL, scratch: Path) -> Iterator[Server]:
    python = str(BENCH / ".venv" / "bin" / "python")
    command = (python, "-m", "bench.delaying_relay", "{port}", str(server.port), str(DELAY_MS))
    with running(command, ROOT, environment(), scratch / "relay.log") as relay:
        yield relay


def _processes(
    root: Path, size: RunSize, scratch: Path, server: PostgreSQL, relay: Server, count: int
) -> dict[str, Any]:
    folder = scratch / f"scale-{count}"
    folder.mkdir()
    contender = _contender(root, folder, server, relay, f"scale_{count}", count)
    log = folder / "midcall.log"
    with running(contender.command, contender.directory, contender.environment, log) as app:
        return run(_load(app, server, f"scale_{count}", size, folder, count))


def _contender(
    root: Path, folder: Path, server: PostgreSQL, relay: Server, name: str, workers: int
) -> Contender:
    """Midcall on a new database behind the relay, as many hosts with one process each."""
    contender = contenders.midcall(folder, root, workers, DATABASE_URL=_url(relay.port, name))
    _migrate(contender, server, name)
    return replace(contender, database=None)


def _migrate(contender: Contender, server: PostgreSQL, name: str) -> None:
    server.create_database(name)
    direct = {**contender.environment, "DATABASE_URL": _url(server.port, name)}
    for command in contender.prepare:
        run_to_end(command, contender.directory, direct)


async def _load(
    app: Server, server: PostgreSQL, name: str, size: RunSize, folder: Path, count: int
) -> dict[str, Any]:
    """The load of one measurement, with one event stream that has to receive every event."""
    file = folder / "requests"
    requests = Requests(file, write_requests(file, PREPARED_PER_SECOND * size.scale_seconds))
    async with open_streams(1, app.port) as stream:
        warm_up = load(app.port, requests, 1, CONNECTIONS * count, None)
        before = app.cpu_seconds(), server.cpu_seconds()
        with LockSampler(server, name) as lock:
            result = load(app.port, requests, size.scale_seconds, CONNECTIONS * count, None)
        spent = app.cpu_seconds() - before[0], server.cpu_seconds() - before[1]
        time.sleep(SETTLE_SECONDS)
    faults = _faults(server, name, [warm_up, result], stream)
    figures = {
        "processes": count,
        "app_cpu_ms": spent[0] * 1000 / max(1, result.answers),
        "p50_ms": result.p50_ms,
    }
    return figures | ceiling(result.answers, result.seconds, spent[1], lock) | {"faults": faults}


def _faults(server: PostgreSQL, name: str, loads: list[Load], stream: dict[str, int]) -> list[str]:
    answered = sum(one.answers - one.bad for one in loads)
    bad = sum(one.bad + one.timed_out for one in loads)
    stored = _stored(server, name)
    received = stream.get("fewest_events", 0)
    return [
        *([f"{name}: {bad} answers were wrong or late"] if bad else []),
        *(
            [f"{name}: {answered - stored} webhooks were answered but not stored"]
            if stored < answered
            else []
        ),
        *([f"{name}: the stream received {received} of {stored} events"] if received != stored else []),
    ]


def _hosts(root: Path, size: RunSize, server: PostgreSQL, relay: Server) -> dict[str, Any]:
    """The writes of 50 hosts in one process, without HTTP."""
    contender = contenders.midcall(Path(root), root)
    _migrate(contender, server, "hosts")
    python, script = str(root / ".venv" / "bin" / "python"), str(BENCH / "hosts.py")
    arguments = [_url(relay.port, "hosts"), HOSTS, AT_ONCE, size.scale_seconds]
    before = server.cpu_seconds()
    with LockSampler(server, "hosts") as lock:
        done = subprocess.run(
            [python, script, *map(str, arguments)],
            cwd=root, env={**os.environ, "PYTHONPATH": str(root)}, capture_output=True, text=True, check=False,
        )  # fmt: skip
    if done.returncode:
        raise SetupFailed(done.stderr[-2000:])
    counts = json.loads(done.stdout)
    spent = server.cpu_seconds() - before
    stored = _stored(server, "hosts")
    missing = counts["recorded"] - stored
    return {
        "hosts": HOSTS,
        "spooled": counts["spooled"],
        **ceiling(counts["recorded"], size.scale_seconds, spent, lock),
        "faults": [f"hosts: {missing} webhooks were recorded but not stored"] if missing > 0 else [],
    }


def ceiling(webhooks: int, seconds: float, database_cpu: float, lock: LockSampler) -> dict[str, Any]:
    """The rate, and the rate that no number of hosts can exceed: of the lock, and of the database's processor."""
    held = lock.share * seconds / max(1, lock.transactions)
    each = webhooks / max(1, lock.transactions)
    cpu_each = database_cpu / max(1, webhooks)
    return {
        "per_second": webhooks / seconds,
        "webhooks_per_transaction": each,
        "held_ms": held * 1000,
        "database_cpu_ms": cpu_each * 1000,
        "lock_ceiling": each / held if held else None,
        "core_ceiling": 1 / cpu_each if cpu_each else None,
    }


def _stored(server: PostgreSQL, name: str) -> int:
    with server.connect(name) as connection:
        row = connection.execute("SELECT count(DISTINCT call_sid) FROM events").fetchone()
    return int(str(row[0])) if row else 0


def _round_trip_ms(relay: Server) -> float:
    with psycopg.connect(
        host="127.0.0.1", port=relay.port, user=USER, dbname="postgres", autocommit=True
    ) as connection:
        times = []
        for _ in range(20):
            started = time.perf_counter()
            connection.execute("SELECT 1")
            times.append(time.perf_counter() - started)
    return sorted(times)[10] * 1000


def _url(port: int, name: str) -> str:
    return f"postgresql+psycopg://{USER}@127.0.0.1:{port}/{name}"
