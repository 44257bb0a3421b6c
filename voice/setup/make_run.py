"""`make run`: web, worker and emulator of Procfile.dev in the foreground, for development.

If there is no `.env`, the first start writes one. The environment wins over it.
"""

from __future__ import annotations

import os
import secrets
import signal
import socket
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

from honcho.environ import parse_procfile
from honcho.manager import Manager
from honcho.printer import Printer

from voice import config
from voice.audit import Actor
from voice.config import Config
from voice.errors import SettingInvalid
from voice.operators.sign_in_links import first_sign_in_link
from voice.registry import Registry
from voice.registry.engine.database import open_database
from voice.registry.engine.migration import migrate

FIRST_ENV = """\
# Written by `make run` for development, where the emulator stands in for Twilio. To go live, see .env.example.
TWILIO_ACCOUNT_SID=AC00000000000000000000000000000000
TWILIO_AUTH_TOKEN=emulator-token
TWILIO_API_URL=http://127.0.0.1:${{EMULATOR_PORT:-8001}}
PUBLIC_URL=http://127.0.0.1:${{PORT:-8000}}
SECRET_KEY={secret_key}
ADMIN_TOKEN={admin_token}
"""
POLL_SECONDS = 0.1
READY_WITHIN_SECONDS = 60.0


def main() -> int:
    """Run until a process ends, Ctrl-C or SIGTERM; the exit code of the first process that failed."""
    env_file = config.ROOT / ".env"
    if not env_file.exists():
        write_first_env(env_file)
    try:
        settings = config.load(dotenv=env_file)
    except SettingInvalid as error:
        print(error.message, file=sys.stderr)
        return 1
    with open_database(settings["DATABASE_URL"]) as database:
        migrate(database)
    return run(settings)


def write_first_env(path: Path) -> None:
    """Write settings for development with new secrets. Only the owner of the file can read it."""
    text = FIRST_ENV.format(secret_key=secrets.token_hex(32), admin_token=f"dev_{secrets.token_urlsafe(18)}")
    path.touch(mode=0o600)
    path.write_text(text)


def run(settings: Config) -> int:
    """Start the processes of the Procfile. If one of them ends, all are stopped."""
    manager = Manager(Printer(sys.stdout))
    for name, command in parse_procfile((config.ROOT / "Procfile.dev").read_text()).processes.items():
        manager.add_process(name, f"exec {command}", env=_environment(settings), cwd=str(config.ROOT))
    threading.Thread(target=announce, args=[settings], daemon=True).start()
    signal.signal(signal.SIGHUP, lambda *_: manager.terminate())
    manager.loop()
    return manager.returncode or 0


def announce(settings: Config) -> None:
    """Print the addresses and a sign-in link once web and emulator answer."""
    app, emulator = (f"http://127.0.0.1:{settings[port]}" for port in ("PORT", "EMULATOR_PORT"))
    until = time.monotonic() + READY_WITHIN_SECONDS
    while not (_answers(f"{app}/readyz") and _answers(f"{emulator}/_emulator/calls")):
        if time.monotonic() > until:
            print(
                f"Web or emulator did not answer within {READY_WITHIN_SECONDS:.0f} s. Read their output above.",
                file=sys.stderr,
            )
            return
        time.sleep(POLL_SECONDS)
    print(
        f"\n  app        {app}\n  API        {app}/admin/docs   (password: the token)\n  emulator   {emulator}"
    )
    print(f"  sign in    {sign_in_link(settings)}   (works once)")
    print(f"  token      {settings['ADMIN_TOKEN'] or '(none: set ADMIN_TOKEN)'}\n", flush=True)


def sign_in_link(settings: Config) -> str:
    """A new sign-in link for the first admin."""
    registry = Registry(settings["DATABASE_URL"])
    try:
        return first_sign_in_link(settings, registry, Actor("make run", socket.gethostname()))
    finally:
        registry.close()


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=1):
            return True
    except (urllib.error.URLError, OSError):
        return False


def _environment(settings: Config) -> dict[str, str]:
    """The environment of the processes: commands of this virtual environment, and settings that the Procfile names."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    named = {name: str(settings[name]) for name in ("PORT", "EMULATOR_PORT", "PUBLIC_URL")}
    return {**os.environ, **named, "PATH": path, "PYTHONUNBUFFERED": "1"}


if __name__ == "__main__":
    raise SystemExit(main())
