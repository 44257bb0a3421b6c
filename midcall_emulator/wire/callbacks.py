"""Status callbacks, and other requests whose answers do not steer the call
(https://www.twilio.com/docs/voice/api/call-resource#statuscallback)."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from midcall_emulator.core.call_record import Call, RequestItem
from midcall_emulator.core.outcomes import Fetch, Outcome, Problem
from midcall_emulator.twiml.document import read_document
from midcall_emulator.wire import parameters
from midcall_emulator.wire.delivery import Reply
from midcall_emulator.wire.webhooks import Errand

if TYPE_CHECKING:
    from midcall_emulator.world import World

_STATUS_OF = {"initiated": "initiated", "ringing": "ringing", "answered": "in-progress"}


def report(world: World, call: Call, event: str) -> None:
    """Send the callback for ``event`` if the call subscribed to it; never waits, keeps the order within a call."""
    handlers = call.handlers
    if not handlers.status_callback or event not in handlers.status_events:
        return
    status = _STATUS_OF.get(event, call.status)
    date = world.clock.date()
    params = parameters.standard(world.account, call, status)
    params |= parameters.progress(call, event, call.callbacks_sent, date)
    if event == "completed" and call.recorded:
        params |= world.recordings.told(call.recorded)
    call.callbacks_sent += 1
    errand = Errand(
        "status", handlers.status_callback, handlers.status_method, tuple(params.items()), bare=True
    )
    call.last_callback = world.clock.spawn(_send(world, call, errand, call.last_callback))


async def _send(world: World, call: Call, errand: Errand, earlier: asyncio.Task[None] | None) -> None:
    if earlier:
        await world.clock.park(asyncio.shield(earlier))
    reply = await world.webhooks.fetch(call, errand)
    judge(world, call, "status", reply)
    if not reply.problem and reply.body.strip() and isinstance(read_document(reply), Problem):
        world.notify(
            call, 15003, "status callback: the answer is neither empty nor TwiML", "warning", errand.url
        )


def judge(world: World, call: Call, kind: str, reply: Reply) -> None:
    """Note a callback that failed, which does not change the call: 15002 without an answer in time, else 15003
    (https://www.twilio.com/docs/api/errors/15003)."""
    if reply.problem:
        late = reply.failure == "rt" and reply.problem.code == 11200
        message = f"{kind} callback: {reply.problem.message}"
        world.notify(
            call, 15002 if late else 15003, message, "error" if late else "warning", reply.problem.url
        )


async def request_and_forget(world: World, call: Call, wanted: Outcome) -> None:
    """Request an ``action`` that nobody waits for; its TwiML is thrown away."""
    if isinstance(wanted, Problem):
        world.notify(call, wanted.code, wanted.message, "error", wanted.url)
    if not isinstance(wanted, Fetch):
        return
    trail: list[RequestItem] = []
    errand = Errand("action", wanted.url, wanted.method, tuple(wanted.params.items()))
    await world.clock.park(asyncio.shield(world.webhooks.send(call, errand, trail)))
    for item in trail:
        item.discarded = True
