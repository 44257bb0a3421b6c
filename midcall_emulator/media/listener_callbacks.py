"""The callbacks of a listener."""

from __future__ import annotations

from midcall_emulator.core.call_record import Call
from midcall_emulator.media.listeners import ListenerWorld
from midcall_emulator.wire.callbacks import CallbackQueue
from midcall_emulator.wire.outgoing_request import OutgoingRequest


class ListenerCallbacks:
    """The callbacks of one listener, in order. A new ``url`` applies to the callbacks sent after the change."""

    def __init__(self, world: ListenerWorld, call: Call, kind: str, url: str, method: str) -> None:
        self._account, self._call, self._queue = world.account, call, CallbackQueue(world)
        self._kind, self.url, self._method = kind, url, method

    def send(self, params: dict[str, str]) -> None:
        """Send a callback, if there is a URL; this does not wait."""
        if self.url:
            params = {"AccountSid": self._account, "CallSid": self._call.sid} | params
            request = OutgoingRequest.callback(self._kind, self.url, self._method, params)
            self._queue.send(self._call, request)
