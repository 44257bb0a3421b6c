"""The command ``python -m midcall_emulator load``: runs a scenario against a new or a running emulator."""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import aiohttp

from midcall_emulator.client import Emulator, EmulatorError
from midcall_emulator.core.numbers import Number, normalize_address
from midcall_emulator.core.voice_settings import VoiceSettings
from midcall_emulator.load.caller import LineError
from midcall_emulator.load.line import HttpLine
from midcall_emulator.load.report import as_dict, as_text, show_progress
from midcall_emulator.load.runner import run
from midcall_emulator.load.scenario import ARRIVALS, Scenario, ScenarioError
from midcall_emulator.load.scenario_file import read
from midcall_emulator.load.statistics import Statistics
from midcall_emulator.server import serving
from midcall_emulator.settings import ACCOUNT, TOKEN, Settings
from midcall_emulator.wire.urls import is_http_url

_SCENARIO_OPTIONS = ("callers", "rate", "arrivals", "to", "voice_url", "seed")


def parser() -> argparse.ArgumentParser:
    """Return the options. Options of the scenario have no default, so that the file's values stand."""
    options = argparse.ArgumentParser(
        prog="python -m midcall_emulator load", description="Run many scripted callers and print a summary."
    )
    add, default = options.add_argument, Scenario()
    add(
        "scenario",
        nargs="?",
        type=Path,
        help="file in TOML or Python (default: each caller listens, presses 1, hangs up)",
    )
    add("--callers", type=int, help=f"number of callers ({default.callers})")
    add("--rate", type=float, help=f"callers who dial per second ({default.rate:g})")
    add("--arrivals", choices=ARRIVALS, help=f"even or random intervals between callers ({default.arrivals})")
    add("--to", help=f"number that the callers dial ({default.to})")
    add("--voice-url", help="voice URL of that number")
    add("--seed", type=int, help=f"seed of all random choices ({default.seed})")
    add(
        "--emulator",
        default="",
        metavar="URL",
        help="a running emulator (default: a new one in this process)",
    )
    add("--account", default=ACCOUNT, help="account SID")
    add("--token", default=TOKEN, help="auth token")
    add("--speed", type=float, default=1.0, help="speed of a new emulator's clock (1)")
    add("--json", action="store_true", help="print the summary as JSON")
    add("--quiet", action="store_true", help="show no progress")
    return options


def main(arguments: list[str]) -> int:
    """Run a scenario; return 0 if no caller failed and the app answered every webhook with success, else 1."""
    options = parser()
    parsed = options.parse_args(arguments)
    try:
        scenario = scenario_from(parsed)
    except ScenarioError as error:
        options.error(str(error))
    try:
        summary = asyncio.run(_load(scenario, parsed))
    except (LineError, EmulatorError, OSError) as error:
        print(f"load: {error}", file=sys.stderr)
        return 1
    print(json.dumps(summary, indent=2) if parsed.json else as_text(summary))
    return 0 if summary["well"] else 1


def scenario_from(parsed: argparse.Namespace) -> Scenario:
    """Return the scenario of the file, changed by the options."""
    values = read(parsed.scenario) if parsed.scenario else {}
    values |= {name: value for name in _SCENARIO_OPTIONS if (value := getattr(parsed, name)) is not None}
    try:
        scenario = Scenario(**values)
    except TypeError as error:
        raise ScenarioError(f"a value has the wrong type: {error}") from error
    return _check(scenario, parsed)


def _check(scenario: Scenario, parsed: argparse.Namespace) -> Scenario:
    """Return the scenario with its number in E.164; ScenarioError if it cannot run."""
    to = normalize_address(scenario.to)
    if scenario.voice_url and not is_http_url(scenario.voice_url):
        raise ScenarioError(f"voice URL {scenario.voice_url}: enter a URL like http://127.0.0.1:8000/voice")
    if not scenario.voice_url and not parsed.emulator:
        raise ScenarioError("enter the voice URL of your app with --voice-url")
    if to is None:
        raise ScenarioError(f"--to {scenario.to}: enter a number like +14155550100")
    if not 0 < parsed.speed <= 10000:
        raise ScenarioError(f"--speed {parsed.speed:g}: enter a number above 0, at most 10000")
    return replace(scenario, to=to)


async def _load(scenario: Scenario, parsed: argparse.Namespace) -> dict[str, Any]:
    stop, statistics = asyncio.Event(), Statistics()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    connector = aiohttp.TCPConnector(limit=0)
    async with _emulator(scenario, parsed) as url, aiohttp.ClientSession(connector=connector) as session:
        speed = await asyncio.to_thread(_prepare, url, scenario, parsed)
        async with _progress(statistics, scenario.callers, parsed.quiet):
            await run(scenario, HttpLine(session, url, statistics, speed), statistics, stop)
            return as_dict(statistics, scenario, statistics.seconds)


@asynccontextmanager
async def _progress(statistics: Statistics, callers: int, is_quiet: bool) -> AsyncIterator[None]:
    """Show the progress line, and clear it at the end."""
    if is_quiet:
        yield
        return
    task = asyncio.create_task(show_progress(statistics, callers))
    try:
        yield
    finally:
        task.cancel()
        print("\r\033[K" if sys.stderr.isatty() else "", end="", file=sys.stderr, flush=True)


def _prepare(url: str, scenario: Scenario, parsed: argparse.Namespace) -> float:
    """Set the number's voice URL and return the clock's speed; LineError if the clock does not run."""
    emulator = Emulator(url, parsed.account, parsed.token)
    if scenario.voice_url:
        emulator.number(scenario.to, voice_url=scenario.voice_url)
    clock = emulator.clock()
    if clock["mode"] != "real":
        raise LineError("the emulator's clock is in manual mode; switch it to real mode for a load test")
    return float(clock["speed"])


@asynccontextmanager
async def _emulator(scenario: Scenario, parsed: argparse.Namespace) -> AsyncIterator[str]:
    """Yield the address of the running emulator, or of a new one in this process."""
    if parsed.emulator:
        yield parsed.emulator.rstrip("/")
        return
    number = Number(scenario.to, "PN" + "0" * 32, voice=VoiceSettings(scenario.voice_url))
    settings = Settings(
        port=0, account=parsed.account, token=parsed.token, numbers=(number,), clock_speed=parsed.speed
    )
    async with serving(settings) as url:
        yield url
