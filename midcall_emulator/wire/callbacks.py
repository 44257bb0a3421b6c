"""Requests whose answers do not steer the call: callbacks that failed, and actions that nobody waits for."""

from __future__ import annotations

import asyncio
from typing import Protocol

from midcall_emulator.core.call_log import CallLog, HasCallLog
from midcall_emulator.core.call_record import Call, RequestItem
from midcall_emulator.core.clock import HasClock
from midcall_emulator.core.outcomes import Fetch, Outcome, Problem
from midcall_emulator.wire.delivery import Reply
from midcall_emulator.wire.webhooks import HasWebhooks, OutgoingRequest


class CallbackWorld(HasCallLog, HasClock, HasWebhooks, Protocol):
    """The parts of the world that a request without consequences uses."""


def note_failed_callback(log: CallLog, call: Call, kind: str, reply: Reply) -> None:
    """Note a callback that failed, which does not change the call: 15002 without an answer in time, else 15003
    (https://www.twilio.com/docs/api/errors/15003)."""
    if not reply.problem:
        return
    message = f"{kind} callback: {reply.problem.message}"
    if reply.failure == "rt" and reply.problem.code == 11200:
        log.error(call, 15002, message, reply.problem.url)
    else:
        log.warning(call, 15003, message, reply.problem.url)


async def request_and_discard(world: CallbackWorld, call: Call, outcome: Outcome) -> None:
    """Request an ``action`` whose TwiML is discarded; note the problem if the request cannot be made."""
    if isinstance(outcome, Problem):
        world.log.problem(call, outcome)
    if not isinstance(outcome, Fetch):
        return
    trail: list[RequestItem] = []
    request = OutgoingRequest("action", outcome.url, outcome.method, tuple(outcome.params.items()))
    await world.clock.park(asyncio.shield(world.webhooks.send(call, request, trail)))
    for item in trail:
        item.discarded = True
