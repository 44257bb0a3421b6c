"""``python -m midcall_emulator``: the emulator as a program."""

from __future__ import annotations

import asyncio
import signal
import socket
import sys

from midcall_emulator.load.command import main as load
from midcall_emulator.options import parser, settings_from
from midcall_emulator.server import bound_socket, serve
from midcall_emulator.settings import Settings
from midcall_emulator.verify.command import main as verify

_COMMANDS = {"load": load, "verify": verify}


def main() -> int:
    """Run the emulator until SIGINT or SIGTERM, or the command that the first word names."""
    if command := _COMMANDS.get("".join(sys.argv[1:2])):
        return command(sys.argv[2:])
    options = parser()
    try:
        settings = settings_from(options.parse_args())
    except ValueError as error:
        options.error(str(error))
    try:
        listening = bound_socket(settings.host, settings.port)
    except OSError as error:
        address = f"{settings.host}:{settings.port}"
        print(f"emulator: cannot listen on {address}: {error.strerror}", file=sys.stderr)
        return 1
    asyncio.run(_run(settings, listening))
    return 0


async def _run(settings: Settings, listening: socket.socket) -> None:
    until, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, until.set)
    await serve(settings, listening, _print_address, until)


def _print_address(url: str) -> None:
    print(f"emulator: {url} (REST at /2010-04-01, callers at /_emulator)", flush=True)


if __name__ == "__main__":
    sys.exit(main())
