"""User-defined messages between an app and the caller's software
(https://www.twilio.com/docs/voice/api/userdefinedmessage-resource)."""

from __future__ import annotations

from midcall_emulator.core.call_record import Call
from midcall_emulator.core.sids import new_sid
from midcall_emulator.media.listener_callbacks import ListenerCallbacks
from midcall_emulator.media.listeners import CallListener, ListenerWorld


class Subscription(CallListener):
    """A subscription of an app to the messages of the caller's software, until the call ends."""

    resource = "UserDefinedMessageSubscriptions"

    def __init__(self, world: ListenerWorld, call: Call, url: str, method: str) -> None:
        super().__init__(world, call, new_sid("ZY"))
        self.created = world.clock.now()
        self._callbacks = ListenerCallbacks(world, call, "message", url, method)

    def send(self, sid: str, content: str) -> None:
        """Send a message to the app."""
        self._callbacks.send({"Sid": sid, "Content": content})


def receive(call: Call, content: str) -> str:
    """Pass a message of the caller's software to every subscription; return the message's sid."""
    sid = new_sid("KX")
    for listener in list(call.run.listeners):
        if isinstance(listener, Subscription):
            listener.send(sid, content)
    return sid
