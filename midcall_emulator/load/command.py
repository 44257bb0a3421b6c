"""``python -m midcall_emulator load``: callers by script, against an emulator of its own or one that runs."""

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
from midcall_emulator.core.numbers import Number, normalised
from midcall_emulator.core.voice_settings import VoiceSettings
from midcall_emulator.load.caller import Refused
from midcall_emulator.load.line import HttpLine
from midcall_emulator.load.report import as_dict, as_text, show_progress
from midcall_emulator.load.runner import run
from midcall_emulator.load.scenario import ARRIVALS, Scenario, Unreadable, read
from midcall_emulator.load.statistics import Figures
from midcall_emulator.server import bound_socket, serve
from midcall_emulator.settings import ACCOUNT, TOKEN, Settings
from midcall_emulator.wire.webhooks import is_absolute

_OVERRIDES = ("callers", "rate", "arrivals", "to", "voice_url", "seed")


def parser() -> argparse.ArgumentParser:
    """Return the options; those of the scenario have no default, so that the file's values stand."""
    options = argparse.ArgumentParser(
        prog="python -m midcall_emulator load", description="Many callers by script; a summary at the end."
    )
    add, default = options.add_argument, Scenario()
    add(
        "scenario",
        nargs="?",
        type=Path,
        help="a file in TOML or Python; none: everybody listens, presses 1, hangs up",
    )
    add("--callers", type=int, help=f"how many in all ({default.callers})")
    add("--rate", type=float, help=f"how many dial per second ({default.rate:g})")
    add("--arrivals", choices=ARRIVALS, help=f"at even or at random distances ({default.arrivals})")
    add("--to", help=f"the number they dial ({default.to})")
    add("--voice-url", help="where its calls go")
    add("--seed", type=int, help=f"of everything that is random ({default.seed})")
    add("--emulator", default="", metavar="URL", help="a running emulator; none: one in this process")
    add("--account", default=ACCOUNT, help="account sid")
    add("--token", default=TOKEN, help="auth token")
    add("--speed", type=float, default=1.0, help="how fast time passes in an emulator of its own (1)")
    add("--json", action="store_true", help="the summary as JSON")
    add("--quiet", action="store_true", help="no progress")
    return options


def main(arguments: list[str]) -> int:
    """Run a scenario; 0 if nobody waited in vain and every webhook was answered with success, else 1."""
    options = parser()
    given = options.parse_args(arguments)
    try:
        scenario = scenario_from(given)
    except Unreadable as error:
        options.error(str(error))
    try:
        found = asyncio.run(_load(scenario, given))
    except (Refused, EmulatorError, OSError) as error:
        print(f"load: {error}", file=sys.stderr)
        return 1
    print(json.dumps(found, indent=2) if given.json else as_text(found))
    return 0 if found["well"] else 1


def scenario_from(given: argparse.Namespace) -> Scenario:
    """Return the file's scenario with what the options change in it."""
    values = read(given.scenario) if given.scenario else {}
    values |= {name: value for name in _OVERRIDES if (value := getattr(given, name)) is not None}
    try:
        scenario = Scenario(**values)
    except TypeError as error:
        raise Unreadable(f"a value of the wrong kind: {error}") from error
    if scenario.voice_url and not is_absolute(scenario.voice_url):
        raise Unreadable(f"voice URL {scenario.voice_url}: not a URL like http://127.0.0.1:8000/voice")
    if not scenario.voice_url and not given.emulator:
        raise Unreadable("--voice-url: say where the calls go")
    if normalised(scenario.to) is None or not 0 < given.speed <= 10000:
        raise Unreadable(f"--to {scenario.to} or --speed {given.speed:g} makes no sense")
    return replace(scenario, to=normalised(scenario.to) or "")


async def _load(scenario: Scenario, given: argparse.Namespace) -> dict[str, Any]:
    stop, figures = asyncio.Event(), Figures()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    connector = aiohttp.TCPConnector(limit=0)
    async with _emulator(scenario, given) as url, aiohttp.ClientSession(connector=connector) as session:
        speed = await asyncio.to_thread(_prepare, url, scenario, given)
        shown = asyncio.create_task(show_progress(figures, scenario.callers)) if not given.quiet else None
        try:
            await run(scenario, HttpLine(session, url, figures, speed), figures, stop)
            return as_dict(figures, scenario, figures.seconds)
        finally:
            if shown:
                shown.cancel()
                print("\r\033[K" if sys.stderr.isatty() else "", end="", file=sys.stderr, flush=True)


def _prepare(url: str, scenario: Scenario, given: argparse.Namespace) -> float:
    """Point the number at the app; return the clock's speed. Refused if no call could ever come to anything."""
    emulator = Emulator(url, given.account, given.token)
    if scenario.voice_url:
        emulator.number(scenario.to, voice_url=scenario.voice_url)
    clock = emulator.clock()
    if clock["mode"] != "real":
        raise Refused("the emulator's clock stands still; callers need a real one")
    return float(clock["speed"])


@asynccontextmanager
async def _emulator(scenario: Scenario, given: argparse.Namespace) -> AsyncIterator[str]:
    """Yield the address of the running emulator, or of one in this process."""
    if given.emulator:
        yield given.emulator.rstrip("/")
        return
    number = Number(scenario.to, "PN" + "0" * 32, voice=VoiceSettings(scenario.voice_url))
    settings = Settings(
        port=0, account=given.account, token=given.token, numbers=(number,), clock_speed=given.speed
    )
    until, url = asyncio.Event(), asyncio.get_running_loop().create_future()
    listening = bound_socket(settings.host, settings.port)
    serving = asyncio.create_task(serve(settings, listening, url.set_result, until))
    try:
        yield await url
    finally:
        until.set()
        await serving
