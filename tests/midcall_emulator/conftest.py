"""The emulator in a thread, a scripted app on loopback, and Twilio's SDK as client."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from twilio.rest import Client

from midcall_emulator.client import Emulator
from midcall_emulator.server import Background
from midcall_emulator.settings import ACCOUNT, NUMBER, TOKEN, Settings
from tests.support.scripted_app import ScriptedApp
from tests.support.socket_app import SocketApp


@pytest.fixture(scope="session")
def emulator_url() -> Iterator[str]:
    """The address of the emulator that all tests share."""
    with Background(Settings(port=0)) as url:
        yield url


@pytest.fixture(scope="session")
def shared_app() -> Iterator[ScriptedApp]:
    """The scripted app that all tests share."""
    with ScriptedApp(TOKEN) as app:
        yield app


@pytest.fixture(scope="session")
def shared_sockets() -> Iterator[SocketApp]:
    """The WebSocket server that all tests share."""
    with SocketApp(TOKEN) as app:
        yield app


@pytest.fixture
def sockets(shared_sockets: SocketApp) -> Iterator[SocketApp]:
    """The app's WebSocket server without connections; every handshake must have a valid signature."""
    shared_sockets.clear()
    yield shared_sockets
    assert shared_sockets.bad_signatures == []


@pytest.fixture
def client(emulator_url: str) -> Client:
    """Twilio's SDK, connected to the emulator."""
    client = Client(ACCOUNT, TOKEN)
    client.api.base_url = emulator_url
    return client


@pytest.fixture
def twilio(emulator_url: str) -> Emulator:
    """The emulator after a reset, with a manual clock."""
    emulator = Emulator(emulator_url)
    emulator.reset()
    emulator.clock(mode="manual")
    return emulator


@pytest.fixture
def app(twilio: Emulator, client: Client, shared_app: ScriptedApp) -> Iterator[ScriptedApp]:
    """The app behind the emulator's number, with an empty script; every request must have a valid signature."""
    shared_app.clear()
    number = client.incoming_phone_numbers.list(phone_number=NUMBER)[0]
    number.update(voice_url=shared_app.url("/start"), status_callback=shared_app.url("/status"))
    yield shared_app
    shared_app.release.set()
    twilio.settle()
    assert shared_app.bad_signatures == []
