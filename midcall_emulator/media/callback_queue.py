"""Callbacks in order: each is sent after the response to the one before."""

from __future__ import annotations

import asyncio

from midcall_emulator.core.call_record import Call
from midcall_emulator.media.listeners import ListenerWorld
from midcall_emulator.wire.callbacks import note_failed_callback
from midcall_emulator.wire.webhooks import OutgoingRequest


class CallbackQueue:
    """The callbacks of one listener. A new ``url`` applies to the callbacks sent after the change."""

    def __init__(self, world: ListenerWorld, call: Call, kind: str, url: str, method: str) -> None:
        self._world, self._call = world, call
        self._kind, self.url, self._method = kind, url, method
        self._last: asyncio.Task[None] | None = None

    def send(self, params: dict[str, str]) -> None:
        """Send a callback, if there is a URL; this does not wait."""
        if not self.url:
            return
        params = {"AccountSid": self._world.account, "CallSid": self._call.sid} | params
        request = OutgoingRequest(self._kind, self.url, self._method, tuple(params.items()), bare=True)
        self._last = self._world.clock.spawn(self._send(request, self._last))

    async def _send(self, request: OutgoingRequest, earlier: asyncio.Task[None] | None) -> None:
        if earlier:
            await self._world.clock.park(asyncio.shield(earlier))
        reply = await self._world.webhooks.fetch(self._call, request)
        note_failed_callback(self._world.log, self._call, self._kind, reply)
