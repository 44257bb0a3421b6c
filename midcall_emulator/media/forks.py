"""What listens in on a call without being part of it: recordings, streams, transcriptions. They survive what runs."""

from __future__ import annotations

import asyncio
from typing import Any, Protocol

from midcall_emulator.core.account import HasAccount
from midcall_emulator.core.call_log import HasCallLog
from midcall_emulator.core.call_record import Call
from midcall_emulator.core.clock import HasClock
from midcall_emulator.wire.callbacks import note_failed_callback
from midcall_emulator.wire.webhooks import HasWebhooks, OutgoingRequest


class ForkWorld(HasAccount, HasCallLog, HasClock, HasWebhooks, Protocol):
    """The parts of the world that a fork uses."""


class Fork:
    """A listener on one call; ``resource`` is where REST has it, "" if it cannot be named there."""

    resource = ""

    def __init__(self, world: ForkWorld, call: Call, sid: str, name: str = "") -> None:
        self.world, self.call, self.sid, self.name = world, call, sid, name
        self.status = "in-progress"
        self.updated = world.clock.now()

    def start(self) -> None:
        """Begin to listen."""
        self.call.run.forks.append(self)

    def stop(self) -> None:
        """Stop listening, once."""
        if self in self.call.run.forks:
            self.call.run.forks.remove(self)
            self.status, self.updated = "stopped", self.world.clock.now()
            self.stopped()

    def stopped(self) -> None:
        """Do what is left to do at the end."""

    def heard(self, item: dict[str, Any]) -> None:
        """Notice something that the person on the call hears."""

    def spoke(self, text: str, seconds: float, track: str) -> None:
        """Notice that somebody starts to talk: the person (``inbound``) or the other side (``outbound``)."""

    def pressed(self, digits: str) -> None:
        """Notice keys that the person presses."""


class Line:
    """Where a fork reports: one callback after the other, each after the answer to the one before.

    ``url`` may change meanwhile; what was sent before goes where it was sent.
    """

    def __init__(self, world: ForkWorld, call: Call, kind: str, url: str, method: str) -> None:
        self._world, self._call = world, call
        self._kind, self.url, self._method = kind, url, method
        self._last: asyncio.Task[None] | None = None

    def send(self, params: dict[str, str]) -> None:
        """Report, if there is anywhere to report to; never waits."""
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


def spoke(call: Call, text: str, seconds: float) -> None:
    """Tell the forks of a call, and of whoever is bridged to it, that the person talks."""
    for fork in list(call.run.forks):
        fork.spoke(text, seconds, "inbound")
    for fork in list(call.partner.run.forks) if call.partner else ():
        fork.spoke(text, seconds, "outbound")


def pressed(call: Call, digits: str) -> None:
    """Tell the forks of a call which keys the person presses."""
    for fork in list(call.run.forks):
        fork.pressed(digits)


def named(call: Call, resource: str, name: str) -> Fork | None:
    """Return the call's running fork of a kind with this sid or name."""
    found = (fork for fork in call.run.forks if fork.resource == resource and name in (fork.sid, fork.name))
    return next((fork for fork in found if isinstance(fork, Fork)), None)
