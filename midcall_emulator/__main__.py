"""``python -m midcall_emulator``: the emulator as a program."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import socket
import sys

from midcall_emulator.core.numbers import Number, normalize_address
from midcall_emulator.core.people import BEHAVIORS, Person
from midcall_emulator.core.voice_settings import VoiceSettings
from midcall_emulator.server import bound_socket, serve
from midcall_emulator.settings import ACCOUNT, NUMBER, TOKEN, Settings
from midcall_emulator.switches import Switches, descriptions
from midcall_emulator.wire.urls import is_http_url


def parser() -> argparse.ArgumentParser:
    """Return the options."""
    switches = "\n".join(
        f"  {name} ({value!r}): {descriptions()[name]}" for name, value in Switches().as_dict().items()
    )
    options = argparse.ArgumentParser(
        prog="python -m midcall_emulator",
        description="Twilio Voice on this machine. 'python -m midcall_emulator load' is many callers by script.",
        epilog="switches, each with its default:\n" + switches.replace("%", "%%"),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = options.add_argument
    add("--host", default="127.0.0.1", help="address to listen at (127.0.0.1: this machine only)")
    add(
        "--port",
        type=int,
        default=int(os.environ.get("EMULATOR_PORT", "8001")),
        help="EMULATOR_PORT, or 8001",
    )
    add("--account", default=ACCOUNT, help="account sid")
    add("--token", default=TOKEN, help="auth token: signs in, and signs webhooks")
    add("--api-key", action="append", default=[], metavar="SK…:SECRET", help="an API key; may be repeated")
    add("--number", action="append", default=[], help=f"a number of the account; may be repeated ({NUMBER})")
    add("--voice-url", default="", help="where the numbers' calls go")
    add("--voice-fallback-url", default="", help="where they go if that fails")
    add("--status-callback", default="", help="where their end is reported")
    add("--clock", default="real", choices=("real", "manual"), help="how time passes")
    add("--speed", type=float, default=1.0, help="how fast real time passes")
    add("--switch", action="append", default=[], metavar="NAME=VALUE", help="turn a switch; may be repeated")
    add("--people", default="answer", choices=BEHAVIORS, help="what people do whose phones ring")
    return options


def settings_from(arguments: argparse.Namespace) -> Settings:
    """Return the settings; ValueError says which option makes no sense."""
    for name in ("voice_url", "voice_fallback_url", "status_callback"):
        url = getattr(arguments, name)
        if url and not is_http_url(url):
            raise ValueError(f"--{name.replace('_', '-')} {url}: not a URL like http://127.0.0.1:8000/voice")
    if not 0 < arguments.speed <= 10000:
        raise ValueError(f"--speed {arguments.speed}: not above 0 and at most 10000")
    numbers = tuple(
        _number(text, index, arguments) for index, text in enumerate(arguments.number or [NUMBER])
    )
    switches = {name: _value(text) for name, _, text in (item.partition("=") for item in arguments.switch)}
    Switches().set(switches)
    keys = {sid: secret for sid, _, secret in (item.partition(":") for item in arguments.api_key)}
    return Settings(
        host=arguments.host,
        port=arguments.port,
        account=arguments.account,
        token=arguments.token,
        keys=keys,
        numbers=numbers,
        clock_mode=arguments.clock,
        clock_speed=arguments.speed,
        switches=switches,
        people=Person(arguments.people),
    )


def main() -> int:
    """Run until SIGINT or SIGTERM; ``load`` as the first word is a program of its own."""
    if sys.argv[1:2] == ["load"]:
        from midcall_emulator.load.command import main as load

        return load(sys.argv[2:])
    options = parser()
    try:
        settings = settings_from(options.parse_args())
    except ValueError as error:
        options.error(str(error))
    try:
        listening = bound_socket(settings.host, settings.port)
    except OSError as error:
        print(
            f"emulator: cannot listen at {settings.host}:{settings.port}: {error.strerror}", file=sys.stderr
        )
        return 1
    asyncio.run(_run(settings, listening))
    return 0


async def _run(settings: Settings, listening: socket.socket) -> None:
    until, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, until.set)
    await serve(settings, listening, _greet, until)


def _greet(url: str) -> None:
    print(f"emulator: {url} (REST at /2010-04-01, callers at /_emulator)", flush=True)


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


def _value(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return text


if __name__ == "__main__":
    sys.exit(main())
