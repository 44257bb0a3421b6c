"""The app in this process, served over HTTP to an emulator whose clock only the test advances."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from werkzeug.serving import WSGIRequestHandler, make_server

from midcall_emulator.client import Emulator, Phone
from midcall_emulator.server import Background
from midcall_emulator.settings import NUMBER, Settings
from tests.support.fixtures import app_on
from tests.support.ports import free_port
from voice.calls import Call
from voice.conferences.keeper import ConferenceKeeper
from voice.control.runner import Runner
from voice.registry import CommandRecord
from voice.services import Services

STEP_SECONDS = 0.1


class EmulatorClock:
    """The emulator's virtual time as the clock of commands: the wait of a command advances it."""

    def __init__(self, emulator: Emulator) -> None:
        self._emulator, self._seconds = emulator, 0.0

    def now(self) -> float:
        """The virtual seconds that commands have waited."""
        return self._seconds

    def sleep(self, seconds: float) -> None:
        """Advance the emulator, one step at least."""
        step = max(seconds, STEP_SECONDS)
        self._emulator.advance(step)
        self._seconds += step


class ServedApp:
    """An app, the emulator that it serves, and a runner of commands on the emulator's time."""

    def __init__(self, emulator: Emulator, url: str, services: Services) -> None:
        self.emulator, self._url = emulator, url
        self.services = replace(services, clock=EmulatorClock(emulator))

    def start(self, switches: str, **changes: Any) -> None:
        """Begin with a new emulator that has these switches."""
        self.emulator.reset()
        self.emulator.clock(mode="manual")
        self.emulator.switches(set=switches, **changes)
        self.emulator.number(
            NUMBER,
            voice_url=f"{self._url}/voice/incoming",
            voice_fallback_url=f"{self._url}/voice/fallback",
            status_callback=f"{self._url}/voice/status",
        )

    def tend_conferences(self, seconds: int) -> None:
        """Let the keeper of conferences look once a second."""
        keeper = ConferenceKeeper(self.services, self.services.clock.now)
        for _ in range(seconds):
            keeper.tend()
            self.services.clock.sleep(1)

    def call(self, phone: Phone) -> Call:
        """The call as the registry knows it."""
        found = self.services.registry.calls.get(phone.sid)
        assert found is not None
        return found

    def run(self, phone: Phone, command: str, **arguments: Any) -> CommandRecord:
        """Run a command on the call of the phone."""
        return Runner(self.services).run(command, arguments, "ann", phone.sid)

    def command(self, record: CommandRecord) -> CommandRecord:
        """The command as it is now."""
        found = self.services.registry.commands.get(record.id)
        assert found is not None
        return found


class _Quiet(WSGIRequestHandler):
    def log(self, *_: Any) -> None:
        """Log nothing."""


@contextmanager
def served_app(template: Path, folders: pytest.TempPathFactory, **settings: str) -> Iterator[ServedApp]:
    """Serve an app with a new SQLite registry on a free port, with an emulator as its Twilio."""
    folder, port = folders.mktemp("served"), free_port()
    shutil.copy(template, folder / "midcall.db")
    database_url, spool, url = f"sqlite:///{folder}/midcall.db", folder / "spool", f"http://127.0.0.1:{port}"
    with (
        Background(Settings(port=0, clock_mode="manual")) as emulator_url,
        app_on(database_url, spool, PUBLIC_URL=url, TWILIO_API_URL=emulator_url, **settings) as app,
    ):
        server = make_server("127.0.0.1", port, app, threaded=True, request_handler=_Quiet)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield ServedApp(Emulator(emulator_url), url, app.extensions["midcall"])
        server.shutdown()
        thread.join()
