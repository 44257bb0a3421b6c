"""The servers of the latency, bulk and console parts: Midcall, a slow Twilio, and the readers of event streams."""

import asyncio
import json
import sys
import urllib.request
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from bench import contenders
from bench.account import environment
from bench.callers import Callers
from bench.contenders import Contender
from bench.paths import ROOT
from bench.processes import Server, SetupFailed, run_to_end, running

STREAM_SECONDS = 30


@contextmanager
def slow_twilio(delay_ms: int, scratch: Path) -> Iterator[Server]:
    """The stand-in for Twilio's REST API, with this delay."""
    command = (sys.executable, "-m", "bench.slow_twilio", "{port}", str(delay_ms))
    with running(command, ROOT, environment(), scratch / "twilio.log") as server:
        yield server


@contextmanager
def midcall(root: Path, twilio: Server, scratch: Path, **settings: str) -> Iterator[tuple[Server, Contender]]:
    """Midcall with two web workers and a new database."""
    api = f"http://127.0.0.1:{twilio.port}"
    contender = contenders.midcall(scratch, root, workers=2, TWILIO_API_URL=api, **settings)
    for command in contender.prepare:
        run_to_end(command, contender.directory, contender.environment)
    log = scratch / "midcall.log"
    with running(contender.command, contender.directory, contender.environment, log) as server:
        yield server, contender


@asynccontextmanager
async def open_streams(count: int, port: int, path: str = "/admin/events") -> AsyncIterator[dict[str, int]]:
    """Hold event streams open during the block. Afterwards the dictionary has their counts."""
    counts: dict[str, int] = {}
    if not count:
        yield counts
        return
    pipe = asyncio.subprocess.PIPE
    reader = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.streams", str(port), str(count), path, stdin=pipe, stdout=pipe, cwd=ROOT
    )
    assert reader.stdout is not None
    try:
        counts |= json.loads(await asyncio.wait_for(reader.stdout.readline(), STREAM_SECONDS) or "{}")
        yield counts
        output, _ = await asyncio.wait_for(reader.communicate(b""), STREAM_SECONDS)
        counts |= json.loads(output or "{}")
    finally:
        if reader.returncode is None:
            reader.kill()
            await reader.wait()


async def start_calls(callers: Callers, count: int, at_once: int = 1) -> list[str]:
    """Start that many calls in progress; their CallSids."""
    for _ in range(count // at_once):
        faults = await asyncio.gather(*(callers.webhook(0, "in-progress") for _ in range(at_once)))
        if any(faults):
            raise SetupFailed(next(filter(None, faults)))
    return callers.live


def updates_at(port: int) -> int:
    """The number of updates that the stand-in has received."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/received", timeout=10) as answer:
        return int(json.load(answer)["updates"])
