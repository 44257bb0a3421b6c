"""Requests whose responses do not control the call: callbacks, and actions whose TwiML is discarded."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol

from midcall_emulator.core.call_log import CallLog, HasCallLog
from midcall_emulator.core.call_record import Call, RequestItem
from midcall_emulator.core.clock import HasClock
from midcall_emulator.core.outcomes import Fetch, Outcome, Problem
from midcall_emulator.switches import HasSwitches
from midcall_emulator.wire.outgoing_request import OutgoingRequest
from midcall_emulator.wire.reply import Reply
from midcall_emulator.wire.webhooks import HasWebhooks

_DOUBLED = 0.25


class CallbackWorld(HasCallLog, HasClock, HasSwitches, HasWebhooks, Protocol):
    """The parts of the world that callbacks use."""


async def send_callback(world: CallbackWorld, call: Call, request: OutgoingRequest) -> Reply:
    """Send a callback and return the reply. A failure is recorded, and does not change the call."""
    reply = await world.webhooks.fetch(call, request)
    if reply.problem:
        _record_failure(world.log, call, request.kind, reply.problem, reply.failure)
    return reply


class CallbackQueue:
    """Callbacks in order: each is sent after the response to the one before. ``count`` is their number so far.

    The switch ``callback_delay_seconds`` sends them late instead, some of them twice, and in any order.
    """

    __slots__ = ("_last", "_world", "count")

    def __init__(self, world: CallbackWorld) -> None:
        self._world = world
        self._last: asyncio.Task[None] | None = None
        self.count = 0

    def send(
        self, call: Call, request: OutgoingRequest, on_reply: Callable[[Reply], None] | None = None
    ) -> None:
        """Add a callback; this does not wait. ``on_reply`` gets the reply."""
        self.count += 1
        if self._world.switches.callback_delay_seconds:
            self._send_in_disorder(call, request, on_reply)
        else:
            self._last = self._world.clock.spawn(self._send(call, request, on_reply, self._last))

    def _send_in_disorder(
        self, call: Call, request: OutgoingRequest, on_reply: Callable[[Reply], None] | None
    ) -> None:
        clock = self._world.clock
        for _ in range(1 + self._world.switches.chance.happens(_DOUBLED)):
            seconds = self._world.switches.chance.between(0, self._world.switches.callback_delay_seconds)
            clock.spawn(self._send_later(seconds, call, request, on_reply))

    async def _send_later(
        self,
        seconds: float,
        call: Call,
        request: OutgoingRequest,
        on_reply: Callable[[Reply], None] | None,
    ) -> None:
        await self._world.clock.sleep(seconds)
        await self._send(call, request, on_reply, None)

    async def _send(
        self,
        call: Call,
        request: OutgoingRequest,
        on_reply: Callable[[Reply], None] | None,
        earlier: asyncio.Task[None] | None,
    ) -> None:
        if earlier:
            await self._world.clock.park(asyncio.shield(earlier))
        reply = await send_callback(self._world, call, request)
        if on_reply:
            on_reply(reply)


async def request_and_discard(world: CallbackWorld, call: Call, outcome: Outcome) -> None:
    """Request an ``action`` whose TwiML is discarded; record the problem if the request cannot be made."""
    if isinstance(outcome, Problem):
        world.log.problem(call, outcome)
    if not isinstance(outcome, Fetch):
        return
    trail: list[RequestItem] = []
    request = OutgoingRequest("action", outcome.url, outcome.method, tuple(outcome.params.items()))
    await world.clock.park(asyncio.shield(world.webhooks.send(call, request, trail)))
    for item in trail:
        item.discarded = True


def _record_failure(log: CallLog, call: Call, kind: str, problem: Problem, failure: str) -> None:
    """Record a callback that failed: 15002 without a response in time, otherwise 15003
    (https://www.twilio.com/docs/api/errors/15003)."""
    message = f"{kind} callback: {problem.message}"
    if failure == "rt" and problem.code == 11200:
        log.error(call, 15002, message, problem.url)
    else:
        log.warning(call, 15003, message, problem.url)
