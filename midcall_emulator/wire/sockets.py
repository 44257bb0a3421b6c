"""WebSockets to an app: the handshake is signed like a webhook. Nothing else opens WebSockets."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import Callable
from typing import Any, Protocol

import aiohttp

from midcall_emulator.core.account import HasAccount
from midcall_emulator.core.call_log import HasCallLog
from midcall_emulator.core.call_record import Call, RequestItem
from midcall_emulator.core.clock import HasClock
from midcall_emulator.core.outcomes import Problem
from midcall_emulator.switches import HasSwitches
from midcall_emulator.wire.connections import HasSession
from midcall_emulator.wire.faults import HasFaults
from midcall_emulator.wire.signature import sign

_CLOSE_SECONDS = 2.0
_OPEN_SECONDS = 15.0
_MAX_UNSENT_MESSAGES = 1500


class SocketWorld(HasAccount, HasCallLog, HasClock, HasFaults, HasSession, HasSwitches, Protocol):
    """The parts of the world that a WebSocket uses."""


class Socket:
    """A WebSocket of a call; ``kind`` is its purpose, as in the call's list of requests."""

    def __init__(self, world: SocketWorld, call: Call, url: str, kind: str) -> None:
        self._world, self._call, self.url, self._kind = world, call, url, kind
        self._outgoing: asyncio.Queue[str | None] = asyncio.Queue()
        self._connection: aiohttp.ClientWebSocketResponse | None = None

    async def open(self) -> Problem | None:
        """Open the connection; return the problem (31920) if the handshake fails."""
        item = self._record_handshake()
        try:
            self._connection = await self._shake_hands(item)
            item.status = 101
        except aiohttp.WSServerHandshakeError as error:
            item.status, item.error = error.status, f"the app responded with status {error.status}"
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
            item.error = f"cannot connect: {error!r}"
        if item.error:
            return Problem(31920, f"Stream - WebSocket - Handshake Error: {item.error}", self.url)
        self._world.clock.spawn(self._write())
        return None

    def send(self, message: dict[str, Any]) -> None:
        """Send a message after all earlier ones; this does not wait."""
        self._outgoing.put_nowait(json.dumps(message))

    @property
    def is_behind(self) -> bool:
        """Whether the app reads so slowly that audio should be skipped."""
        return self._outgoing.qsize() > _MAX_UNSENT_MESSAGES

    def close(self) -> None:
        """Close the connection after all messages are sent."""
        self._outgoing.put_nowait(None)

    async def read(self, on_message: Callable[[Any], None]) -> None:
        """Pass each message to ``on_message``, decoded if it is JSON, until the connection is closed."""
        assert self._connection is not None
        while True:
            message = await self._world.clock.park(asyncio.ensure_future(self._connection.receive()))
            if message.type is not aiohttp.WSMsgType.TEXT:
                break
            on_message(_decode(message.data))
        self.close()

    async def _shake_hands(self, item: RequestItem) -> aiohttp.ClientWebSocketResponse:
        world = self._world
        fault = world.faults.take("webhook", "GET", self.url, {})
        if fault and (replacement := await fault.before_webhook()) is not None:
            raise OSError(f"fault: {replacement}")
        headers = {"User-Agent": "TwilioProxy/1.1", "X-Twilio-Signature": item.signature}
        timeout = aiohttp.ClientWSTimeout(ws_close=_CLOSE_SECONDS)
        async with asyncio.timeout(min(_OPEN_SECONDS, world.switches.webhook_timeout_seconds)):
            return await world.session.ws_connect(self.url, headers=headers, timeout=timeout)

    async def _write(self) -> None:
        connection = self._connection
        assert connection is not None
        try:
            while (text := await self._next()) is not None:
                await connection.send_str(text)
        except (aiohttp.ClientError, ConnectionError):
            pass  # the app has disconnected; the reader notices that as well and reports it
        finally:
            await connection.close()

    async def _next(self) -> str | None:
        return await self._world.clock.park(asyncio.ensure_future(self._outgoing.get()))

    def _record_handshake(self) -> RequestItem:
        """Add the signed handshake to the call's requests."""
        signature = sign(self._world.token, self.url, [])
        now, token = self._world.clock.now(), str(uuid.uuid4())
        item = RequestItem(now, self._kind, "GET", self.url, {}, signature, token)
        self._call.requests.append(item)
        self._world.log.publish("request", self._call, {"method": "GET", "url": self.url, "kind": self._kind})
        return item


def _decode(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text
