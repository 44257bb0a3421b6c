"""The only place that opens WebSockets to an app: signed like every request, written to in order, read to the end."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import Callable
from typing import Any, Protocol
from urllib.parse import urlsplit

import aiohttp

from midcall_emulator.core.account import HasAccount
from midcall_emulator.core.call_log import HasCallLog
from midcall_emulator.core.call_record import Call, RequestItem
from midcall_emulator.core.clock import HasClock
from midcall_emulator.core.outcomes import Problem
from midcall_emulator.switches import HasSwitches
from midcall_emulator.wire.faults import HasFaults
from midcall_emulator.wire.signature import sign

_CLOSE_SECONDS = 2.0
_OPEN_SECONDS = 15.0
_MOST_WAITING = 1500


class HasSession(Protocol):
    """Offers the HTTP session."""

    session: aiohttp.ClientSession


class SocketWorld(HasAccount, HasCallLog, HasClock, HasFaults, HasSession, HasSwitches, Protocol):
    """The parts of the world that a WebSocket uses."""


class Socket:
    """One WebSocket for one call; ``kind`` is what it is for, as the call's list of requests names it."""

    def __init__(self, world: SocketWorld, call: Call, url: str, kind: str) -> None:
        self._world, self._call, self.url, self._kind = world, call, url, kind
        self._outgoing: asyncio.Queue[str | None] = asyncio.Queue()
        self._wire: aiohttp.ClientWebSocketResponse | None = None

    async def open(self) -> Problem | None:
        """Shake hands; return what went wrong, if anything did (31920)."""
        item = self._item()
        fault = self._world.faults.take("webhook", "GET", self.url, {})
        made = await fault.before_webhook() if fault else None
        try:
            if made is not None:
                raise OSError(f"fault: {made}")
            async with asyncio.timeout(min(_OPEN_SECONDS, self._world.switches.webhook_timeout_seconds)):
                self._wire = await self._connect(item)
            item.status = 101
        except aiohttp.WSServerHandshakeError as error:
            item.status, item.error = error.status, f"the app answered {error.status}"
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
            item.error = f"cannot connect: {error!r}"
        if item.error:
            return Problem(31920, f"Stream - WebSocket - Handshake Error: {item.error}", self.url)
        self._world.clock.spawn(self._write())
        return None

    def send(self, message: dict[str, Any]) -> None:
        """Send a message after all earlier ones; never waits."""
        self._outgoing.put_nowait(json.dumps(message))

    @property
    def is_behind(self) -> bool:
        """Whether the app reads so slowly that sound had better be left out."""
        return self._outgoing.qsize() > _MOST_WAITING

    def close(self) -> None:
        """Close once everything is sent."""
        self._outgoing.put_nowait(None)

    async def read(self, take: Callable[[Any], None]) -> None:
        """Hand every message to ``take``, as JSON where it is some, until the socket is closed."""
        assert self._wire is not None
        while True:
            message = await self._world.clock.park(asyncio.ensure_future(self._wire.receive()))
            if message.type is not aiohttp.WSMsgType.TEXT:
                break
            take(_parsed(message.data))
        self.close()

    async def _connect(self, item: RequestItem) -> aiohttp.ClientWebSocketResponse:
        headers = {"User-Agent": "TwilioProxy/1.1", "X-Twilio-Signature": item.signature}
        timeout = aiohttp.ClientWSTimeout(ws_close=_CLOSE_SECONDS)
        return await self._world.session.ws_connect(self.url, headers=headers, timeout=timeout)

    async def _write(self) -> None:
        wire = self._wire
        assert wire is not None
        try:
            while (text := await self._next()) is not None:
                await wire.send_str(text)
        except (aiohttp.ClientError, ConnectionError):
            pass  # the app is gone; the reader notices, and says so
        finally:
            await wire.close()

    async def _next(self) -> str | None:
        return await self._world.clock.park(asyncio.ensure_future(self._outgoing.get()))

    def _item(self) -> RequestItem:
        """Note the handshake among the call's requests."""
        signature = sign(self._world.token, self.url, [])
        now, token = self._world.clock.now(), str(uuid.uuid4())
        item = RequestItem(now, self._kind, "GET", self.url, {}, signature, token)
        self._call.requests.append(item)
        self._world.log.publish("request", self._call, {"method": "GET", "url": self.url, "kind": self._kind})
        return item


def is_socket_url(url: str) -> bool:
    """Say whether this is an absolute ws or wss URL; Twilio takes wss only, which loopback cannot have."""
    try:
        parts = urlsplit(url)
        return parts.scheme in ("ws", "wss") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text
