"""The options of ``python -m midcall_emulator``, and the settings they lead to."""

from __future__ import annotations

import argparse
import json
import os

from midcall_emulator.core.numbers import Number, normalize_address
from midcall_emulator.core.people import BEHAVIORS, Person
from midcall_emulator.core.voice_settings import VoiceSettings
from midcall_emulator.settings import ACCOUNT, NUMBER, TOKEN, Settings
from midcall_emulator.switches import Switches, descriptions
from midcall_emulator.switches.switch import SETS
from midcall_emulator.wire.urls import is_http_url

_URL_OPTIONS = ("voice_url", "voice_fallback_url", "status_callback")
_MAX_SPEED = 10000
_DESCRIPTION = """Twilio Voice on this machine. Two more commands, each with --help:
  load    run many scripted callers
  verify  ask Twilio itself what it does, with calls between two numbers of an account"""


def parser() -> argparse.ArgumentParser:
    """Return the parser of the options."""
    options = argparse.ArgumentParser(
        prog="python -m midcall_emulator",
        description=_DESCRIPTION,
        epilog=_switches_help(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    port = int(os.environ.get("EMULATOR_PORT", "8001"))
    add = options.add_argument
    add("--host", default="127.0.0.1", help="address to listen on (127.0.0.1: this machine only)")
    add("--port", type=int, default=port, help="port to listen on (EMULATOR_PORT, or 8001)")
    add("--account", default=ACCOUNT, help="account SID")
    add("--token", default=TOKEN, help="auth token, which signs webhooks as well")
    add("--api-key", action="append", default=[], metavar="SK…:SECRET", help="API key; can be repeated")
    add(
        "--number",
        action="append",
        default=[],
        help=f"phone number of the account; can be repeated ({NUMBER})",
    )
    add("--voice-url", default="", help="voice URL of the numbers")
    add("--voice-fallback-url", default="", help="fallback URL of the numbers")
    add("--status-callback", default="", help="status callback URL of the numbers")
    add("--clock", default="real", choices=("real", "manual"), help="real time, or time that a test advances")
    add("--speed", type=float, default=1.0, help="speed of the clock; 10 is ten times as fast as real time")
    switches = os.environ.get("EMULATOR_SWITCHES") or SETS[0]
    add("--switches", default=switches, choices=SETS, help="named set (EMULATOR_SWITCHES, or strict)")
    add("--switch", action="append", default=[], metavar="NAME=VALUE", help="set a switch; can be repeated")
    add("--people", default="answer", choices=BEHAVIORS, help="what a person does whose phone rings")
    return options


def settings_from(arguments: argparse.Namespace) -> Settings:
    """Return the settings. ValueError names an option whose value is invalid."""
    _check(arguments)
    numbers = enumerate(arguments.number or [NUMBER])
    return Settings(
        host=arguments.host,
        port=arguments.port,
        account=arguments.account,
        token=arguments.token,
        keys={sid: secret for sid, _, secret in (item.partition(":") for item in arguments.api_key)},
        numbers=tuple(_number(text, index, arguments) for index, text in numbers),
        clock_mode=arguments.clock,
        clock_speed=arguments.speed,
        switches=parse_switches(arguments.switches, arguments.switch),
        people=Person(arguments.people),
    )


def _switches_help() -> str:
    described = descriptions()
    lines = [f"  {name} ({value!r}): {described[name]}" for name, value in Switches().as_dict().items()]
    return "switches, each with its default:\n" + "\n".join(lines).replace("%", "%%")


def _check(arguments: argparse.Namespace) -> None:
    for name in _URL_OPTIONS:
        url = getattr(arguments, name)
        if url and not is_http_url(url):
            raise ValueError(f"--{name.replace('_', '-')} {url}: not a URL like http://127.0.0.1:8000/voice")
    if not 0 < arguments.speed <= _MAX_SPEED:
        raise ValueError(f"--speed {arguments.speed}: must be above 0 and at most {_MAX_SPEED}")


def _number(text: str, index: int, arguments: argparse.Namespace) -> Number:
    phone_number = normalize_address(text)
    if phone_number is None:
        raise ValueError(f"--number {text}: not a phone number like {NUMBER}")
    voice = VoiceSettings(
        arguments.voice_url,
        fallback_url=arguments.voice_fallback_url,
        status_callback=arguments.status_callback,
    )
    return Number(phone_number, f"PN{index:032d}", voice=voice)


def parse_switches(named_set: str, items: list[str]) -> dict[str, object]:
    """Return the values of ``NAME=VALUE`` and a set. ValueError names an unknown switch, or a wrong value."""
    switches: dict[str, object] = {"set": named_set}
    switches |= {name: _value(text) for name, _, text in (item.partition("=") for item in items)}
    Switches().set(switches)
    return switches


def _value(text: str) -> object:
    """Return a value given as JSON; any other text is a string."""
    try:
        return json.loads(text)
    except ValueError:
        return text
