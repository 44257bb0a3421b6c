"""The command ``python -m midcall_emulator verify``."""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import aiohttp

from midcall_emulator.options import parse_switches
from midcall_emulator.server import serving
from midcall_emulator.verify import rehearsal, saved_settings
from midcall_emulator.verify.budget import Budget, duration
from midcall_emulator.verify.catalogue import scenarios
from midcall_emulator.verify.cleaning import clean_up
from midcall_emulator.verify.errors import RefusalError
from midcall_emulator.verify.options import (
    account_from_environment,
    parser,
    rehearsal_settings,
    settings_from,
)
from midcall_emulator.verify.report import as_json, as_table
from midcall_emulator.verify.session import Preparation, Session, SessionSettings, prepare
from midcall_emulator.verify.twilio_api import TwilioApi

_SAME, _DIFFERS, _FAILED = 0, 1, 2


def main(arguments: list[str]) -> int:
    """Return 0 if Twilio answered as the emulator, 1 if an answer differs or is missing, 2 if there was no run."""
    parsed = parser().parse_args(arguments)
    try:
        if parsed.list:
            print("\n".join(f"{item.name}: {item.question}" for item in scenarios()))
            return _SAME
        if parsed.restore:
            return asyncio.run(_restore(parsed))
        if parsed.rehearse:
            return asyncio.run(_rehearse(parsed))
        return _verify(parsed)
    except (RefusalError, OSError) as error:
        print(f"verify: {error}", file=sys.stderr)
    except KeyboardInterrupt:
        print("verify: stopped before the first change", file=sys.stderr)
    return _FAILED


def _verify(parsed: argparse.Namespace) -> int:
    settings = settings_from(parsed)
    saved_settings.refuse_existing(settings.saved)
    budget = Budget(parsed.max_usd, parsed.usd_per_minute)
    estimate = budget.estimate(settings.scenarios)
    if estimate > budget.most_usd:
        raise RefusalError(
            f"The expected cost is {estimate:.2f} USD, and --max-usd allows {budget.most_usd:.2f}. Choose scenarios "
            "with --only, or allow more."
        )
    preparation = asyncio.run(prepare(settings))
    if preparation.objections and not parsed.yes:
        raise RefusalError(f"{'; '.join(preparation.objections)}. Use other numbers, or --yes.")
    _say_cost(settings, budget, estimate)
    if not parsed.yes and not _is_confirmed():
        return _FAILED
    return asyncio.run(_run(settings, budget, preparation, parsed))


def _say_cost(settings: SessionSettings, budget: Budget, estimate: float) -> None:
    minutes = duration(settings.scenarios) / 60
    print(
        f"{len(settings.scenarios)} scenarios, about {minutes:.0f} minutes. Expected cost: {estimate:.2f} USD, never "
        f"more than {budget.most_usd:.2f} USD.\nUntil the end, {settings.caller} and {settings.called} belong to this "
        f"run: other callers are rejected."
    )


def _is_confirmed() -> bool:
    if not sys.stdin.isatty():
        raise RefusalError("There is no terminal to ask whether to go on. Use --yes.")
    return input("Go on? [y/N] ").strip().lower() in ("y", "yes")


async def _rehearse(parsed: argparse.Namespace) -> int:
    try:
        switches = parse_switches(parsed.switches, parsed.switch)
    except ValueError as error:
        raise RefusalError(str(error)) from error
    async with serving(rehearsal.rehearsal_settings(switches)) as url:
        settings = rehearsal_settings(parsed, url)
        saved_settings.refuse_existing(settings.saved)
        budget = Budget(parsed.max_usd, parsed.usd_per_minute)
        return await _run(settings, budget, await prepare(settings), parsed)


async def _run(
    settings: SessionSettings, budget: Budget, preparation: Preparation, parsed: argparse.Namespace
) -> int:
    """Run the scenarios until the end, or until a signal ends them, and print the result."""
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, lambda: _stop(stop))
    session = Session(settings, budget, stop, lambda text: print(text, file=sys.stderr, flush=True))
    await session.run(preparation.numbers)
    print(as_table(session.findings, settings.named_set))
    if path := parsed.json or (None if parsed.rehearse else Path("verify-result.json")):
        result = as_json(session.findings, settings.named_set, _version(), budget.spent_usd)
        path.write_text(json.dumps(result, indent=2) + "\n")
        print(f"{path} has the answers with the requests that led to them.", file=sys.stderr)
    _say_restored(session.problems, parsed)
    if session.problems:
        return _FAILED
    return _SAME if all(item.verdict == "same" for item in session.findings) else _DIFFERS


def _stop(stop: asyncio.Event) -> None:
    if not stop.is_set():
        print(
            "Stopping. The calls end, and the numbers get their settings back.", file=sys.stderr, flush=True
        )
    stop.set()


async def _restore(parsed: argparse.Namespace) -> int:
    saved, account = saved_settings.read(parsed.saved), account_from_environment()
    if account.sid != saved.account:
        raise RefusalError(
            f"{parsed.saved} is from the account {saved.account}. Set TWILIO_ACCOUNT_SID to it."
        )
    async with aiohttp.ClientSession() as http:
        problems = await clean_up(TwilioApi(http, parsed.api_url, account), saved)
    _say_restored(problems, parsed)
    return _FAILED if problems else _SAME


def _say_restored(problems: list[str], parsed: argparse.Namespace) -> None:
    if not problems:
        print("The numbers have their settings back, and no call of the run is live.", file=sys.stderr)
        return
    print("\n".join(["Not everything could be restored:", *problems]), file=sys.stderr)
    print(f"Run `verify --restore` again; {parsed.saved} has the settings.", file=sys.stderr)


def _version() -> str:
    try:
        return version("midcall-emulator")
    except PackageNotFoundError:
        return "from a checkout"
