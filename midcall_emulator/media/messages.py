"""User-defined messages, between an app and the software that the person on the call uses
(https://www.twilio.com/docs/voice/api/userdefinedmessage-resource)."""

from __future__ import annotations

from dataclasses import dataclass

from midcall_emulator.core.call_record import Call
from midcall_emulator.core.sids import new_sid
from midcall_emulator.media.forks import Fork, ForkWorld, Line


@dataclass(frozen=True, slots=True)
class Callback:
    """Where a subscription's messages go."""

    url: str
    method: str


class Subscription(Fork):
    """An app that wants to be told what the person's software sends, until the call ends."""

    resource = "UserDefinedMessageSubscriptions"

    def __init__(self, world: ForkWorld, call: Call, callback: Callback) -> None:
        super().__init__(world, call, new_sid("ZY"))
        self.created = world.clock.now()
        self._line = Line(world, call, "message", callback.url, callback.method)

    def tell(self, sid: str, content: str) -> None:
        """Pass a message on."""
        self._line.send({"Sid": sid, "Content": content})


def receive(call: Call, content: str) -> str:
    """Take a message from the person's software, for everyone who subscribed; return its sid."""
    sid = new_sid("KX")
    for fork in list(call.run.forks):
        if isinstance(fork, Subscription):
            fork.tell(sid, content)
    return sid
