"""A WebSocket server on loopback: it records every message, checks signatures, and sends messages."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from typing import Any

import aiohttp
from aiohttp import web
from twilio.request_validator import RequestValidator

_TIMEOUT = 10  # seconds


class Connection:
    """One WebSocket that the emulator opened."""

    def __init__(self, app: SocketApp, socket: web.WebSocketResponse) -> None:
        self._app, self._socket = app, socket
        self.messages: list[dict[str, Any]] = []
        self.is_closed = False

    def kinds(self) -> list[str]:
        """Return the kinds of the received messages, without audio."""
        names = [item.get("event") or item["type"] for item in self.messages]
        return [name for name in names if name != "media"]

    def all(self, kind: str) -> list[dict[str, Any]]:
        """Return every message of a kind."""
        return [item for item in self.messages if kind in (item.get("event"), item.get("type"))]

    def wait_for(self, kind: str, times: int = 1) -> dict[str, Any]:
        """Return the latest message of a kind, after that many of them have arrived."""
        self._app.wait(lambda: len(self.all(kind)) >= times)
        return self.all(kind)[-1]

    def wait_closed(self) -> None:
        """Wait until either side has closed the connection."""
        self._app.wait(lambda: self.is_closed)

    def send(self, **message: Any) -> None:
        """Send a message."""
        self._app.run(self._socket.send_json(message))

    def close(self) -> None:
        """Close the connection as the app."""
        self._app.run(self._socket.close())


class SocketApp:
    """A WebSocket server on loopback that checks the signature of every handshake."""

    def __init__(self, token: str) -> None:
        self._validator = RequestValidator(token)
        self._loop = asyncio.new_event_loop()
        self._changed = threading.Condition()
        self._ready = threading.Event()
        self.clear()

    def clear(self) -> None:
        """Delete the recorded connections."""
        self.connections: list[Connection] = []
        self.bad_signatures: list[str] = []

    def connection(self, index: int = 0) -> Connection:
        """Return a connection, after it was opened."""
        self.wait(lambda: len(self.connections) > index)
        return self.connections[index]

    def url(self, path: str) -> str:
        """Return the URL of a path; a path that begins with ``/refuse`` refuses the handshake."""
        return f"ws://127.0.0.1:{self._port}{path}"

    def wait(self, condition: Callable[[], bool]) -> None:
        """Wait until a condition holds."""
        with self._changed:
            assert self._changed.wait_for(condition, _TIMEOUT), [one.kinds() for one in self.connections]

    def run(self, coroutine: Coroutine[Any, Any, Any]) -> None:
        """Run a coroutine on the server's loop and wait for its end."""
        asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(_TIMEOUT)

    def __enter__(self) -> SocketApp:
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        assert self._ready.wait(_TIMEOUT)
        return self

    def __exit__(self, *_: object) -> None:
        self.run(self._runner.cleanup())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(_TIMEOUT)

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        app = web.Application()
        app.router.add_get("/{path:.*}", self._handle)
        runner = self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        self._loop.run_until_complete(runner.setup())
        site = web.TCPSite(runner, "127.0.0.1", 0)
        self._loop.run_until_complete(site.start())
        self._port = runner.addresses[0][1]
        self._ready.set()
        self._loop.run_forever()
        self._loop.close()

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        url = f"ws://{request.host}{request.raw_path}"
        if not self._validator.validate(url, {}, request.headers.get("X-Twilio-Signature", "")):
            self.bad_signatures.append(url)
        if request.path.startswith("/refuse"):
            return web.Response(status=403)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        connection = Connection(self, socket)
        self._change(lambda: self.connections.append(connection))
        async for message in socket:
            if message.type is aiohttp.WSMsgType.TEXT:
                self._change(lambda message=message: connection.messages.append(message.json()))
        self._change(lambda: setattr(connection, "is_closed", True))
        return socket

    def _change(self, change: Callable[[], Any]) -> None:
        with self._changed:
            change()
            self._changed.notify_all()
