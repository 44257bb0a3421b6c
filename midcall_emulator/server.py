"""The emulator as a web server with two APIs: Twilio's REST API and the control API."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import aiohttp
from aiohttp import web

from midcall_emulator.control import origins
from midcall_emulator.control import routes as control_routes
from midcall_emulator.core.events import Events
from midcall_emulator.rest import routes as rest_routes
from midcall_emulator.settings import Settings
from midcall_emulator.wire.connections import open_session
from midcall_emulator.world import World


class Emulator:
    """The current world, and what a reset keeps: the settings, the event feed and the HTTP session."""

    def __init__(self, settings: Settings, base_url: str) -> None:
        self.settings, self.base_url = settings, base_url
        self.events = Events()
        self.world: World
        self._session: aiohttp.ClientSession

    async def start(self) -> None:
        """Open the session, and create the first world."""
        self._session = open_session()
        self.world = self._new_world()

    async def reset(self) -> None:
        """Replace the world by a new one."""
        old, self.world = self.world, self._new_world()
        await old.close()
        self.events.publish("reset", {})

    async def stop(self) -> None:
        """Stop the world, and close the event feed and the session."""
        self.events.close()
        await self.world.close()
        await self._session.close()

    def _new_world(self) -> World:
        return World(self.settings, self._session, self.events, self.base_url)


def create_app(emulator: Emulator) -> web.Application:
    """Return the aiohttp application of an emulator."""
    guard = origins.guard(emulator.settings.host)
    app = web.Application(client_max_size=1024 * 1024, middlewares=[guard])
    app.on_startup.append(lambda _: emulator.start())
    app.on_shutdown.append(lambda _: emulator.stop())
    control_routes.add_routes(app, emulator)
    rest_routes.add_routes(app, emulator)
    return app


async def serve(
    settings: Settings, listening: socket.socket, on_ready: Callable[[str], object], until: asyncio.Event
) -> None:
    """Serve on a bound socket until ``until`` is set; ``on_ready`` gets the emulator's address."""
    base_url = _address(*listening.getsockname()[:2])
    runner = web.AppRunner(create_app(Emulator(settings, base_url)), access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    await web.SockSite(runner, listening).start()
    on_ready(base_url)
    try:
        await until.wait()
    finally:
        await runner.cleanup()


def _address(host: str, port: int) -> str:
    """Return the URL at which this machine reaches a socket bound to ``host``, a wildcard or IPv6 address included."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


@asynccontextmanager
async def serving(settings: Settings) -> AsyncIterator[str]:
    """Yield the address of an emulator that runs in this event loop. OSError if the address is in use."""
    until, url = asyncio.Event(), asyncio.get_running_loop().create_future()
    listening = bound_socket(settings.host, settings.port)
    server = asyncio.create_task(serve(settings, listening, url.set_result, until))
    try:
        yield await url
    finally:
        until.set()
        await server


def bound_socket(host: str, port: int) -> socket.socket:
    """Return a socket that listens on the address; port 0 is any free port. OSError if the address is in use."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family, backlog=1024)


class Background:
    """An emulator in a thread with an event loop of its own, for tests: ``with Background() as url``."""

    def __init__(self, settings: Settings | None = None) -> None:
        self.settings = settings or Settings(port=0)
        self.url = ""
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="emulator", daemon=True)

    def __enter__(self) -> str:
        self._socket = bound_socket(self.settings.host, self.settings.port)
        self._thread.start()
        if not self._ready.wait(10):
            raise RuntimeError("the emulator did not start")
        return self.url

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._until.set)
        self._thread.join(10)

    def _run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        self._loop, self._until = asyncio.get_running_loop(), asyncio.Event()
        await serve(self.settings, self._socket, self._announce, self._until)

    def _announce(self, url: str) -> None:
        self.url = url
        self._ready.set()
