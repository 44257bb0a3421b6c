"""The options of ``python -m midcall_emulator verify``, and the settings they lead to."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from urllib.parse import urlsplit

from midcall_emulator.core.numbers import normalize_address
from midcall_emulator.settings import ACCOUNT, NUMBER, TOKEN
from midcall_emulator.switches.switch import SETS
from midcall_emulator.verify.budget import USD_PER_MINUTE
from midcall_emulator.verify.catalogue import chosen
from midcall_emulator.verify.errors import RefusalError
from midcall_emulator.verify.rehearsal import OTHER_NUMBER
from midcall_emulator.verify.session import SessionSettings
from midcall_emulator.verify.twilio_api import TWILIO, Account

_DESCRIPTION = """Ask Twilio itself: short calls between two numbers of your account, compared with the emulator.
TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN name the account; TWILIO_API_KEY and TWILIO_API_SECRET are used if set.
docs/verify.md explains each step."""


def parser() -> argparse.ArgumentParser:
    """Return the parser of the options."""
    options = argparse.ArgumentParser(
        prog="python -m midcall_emulator verify",
        description=_DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = options.add_argument
    add("--from", dest="caller", default="", metavar="NUMBER", help="number of the account that calls")
    add("--to", dest="called", default="", metavar="NUMBER", help="number of the account that is called")
    add("--public-url", default="", metavar="URL", help="address at which Twilio reaches this machine")
    add("--port", type=int, default=8002, help="port to listen on, where the public URL leads (8002)")
    add("--max-usd", type=float, default=2.0, metavar="USD", help="bound of the cost (2)")
    add(
        "--usd-per-minute",
        type=float,
        default=USD_PER_MINUTE,
        metavar="USD",
        help=f"price of a minute of one number calling the other ({USD_PER_MINUTE}, US)",
    )
    _add_ways_to_run(options)
    return options


def _add_ways_to_run(options: argparse.ArgumentParser) -> None:
    add = options.add_argument
    add("--yes", action="store_true", help="do not ask, and use numbers that carry calls or belong to an app")
    add("--restore", action="store_true", help="restore the numbers after a crash, and do nothing else")
    add(
        "--saved",
        type=Path,
        default=Path("verify-saved.json"),
        metavar="FILE",
        help="the numbers' settings until they are restored (verify-saved.json)",
    )
    add(
        "--json",
        type=Path,
        metavar="FILE",
        help="the result as JSON (verify-result.json; a rehearsal writes none by default)",
    )
    add("--only", action="append", default=[], metavar="SCENARIO", help="run this scenario; can be repeated")
    add("--list", action="store_true", help="list the scenarios, and do nothing else")
    add("--switches", default="strict", choices=SETS, help="set of switches to compare with (strict)")
    add(
        "--api-url", default=TWILIO, metavar="URL", help="another address of the REST API, such as a Region's"
    )
    add("--rehearse", action="store_true", help="let the emulator play Twilio: no account, no cost")
    add(
        "--switch",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="a switch of the rehearsal's emulator",
    )


def account_from_environment() -> Account:
    """Return the account of the environment; RefusalError names a setting that is missing."""
    names = ("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN")
    if missing := [name for name in names if not os.environ.get(name)]:
        raise RefusalError(f"Set {' and '.join(missing)}: Twilio's Console shows them.")
    token = os.environ["TWILIO_AUTH_TOKEN"].partition(",")[0]
    key, secret = os.environ.get("TWILIO_API_KEY", ""), os.environ.get("TWILIO_API_SECRET", "")
    return Account(os.environ["TWILIO_ACCOUNT_SID"], token, key, secret)


def settings_from(parsed: argparse.Namespace) -> SessionSettings:
    """Return the settings of a run with Twilio; RefusalError names an option that is missing or wrong."""
    caller, called = _number(parsed.caller, "--from"), _number(parsed.called, "--to")
    if caller == called:
        raise RefusalError("--from and --to are the same number. Enter two numbers of the account.")
    return SessionSettings(
        account_from_environment(),
        parsed.api_url.rstrip("/"),
        caller,
        called,
        _public_url(parsed.public_url),
        parsed.port,
        chosen(parsed.only),
        parsed.switches,
        parsed.saved,
    )


def rehearsal_settings(parsed: argparse.Namespace, api_url: str) -> SessionSettings:
    """Return the settings of a rehearsal with the emulator at an address."""
    return SessionSettings(
        Account(ACCOUNT, TOKEN),
        api_url,
        NUMBER,
        OTHER_NUMBER,
        "",
        0,
        chosen(parsed.only),
        parsed.switches,
        parsed.saved,
    )


def _number(text: str, option: str) -> str:
    number = normalize_address(text)
    if number is None or not number.startswith("+"):
        raise RefusalError(f"{option} {text}: enter a number of the account, like +14155550100.")
    return number


def _public_url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.path not in ("", "/"):
        raise RefusalError(
            f"--public-url {text}: enter an address like https://abc.ngrok.app, without a path."
        )
    return f"{parts.scheme}://{parts.netloc}"
