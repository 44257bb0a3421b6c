"""Faults in the delivery of webhooks: forged, sent twice, late, or overtaken by another one."""

from __future__ import annotations

import asyncio
import base64
import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import replace

from midcall_emulator.core.clock import Clock, HasClock
from midcall_emulator.core.tasks import release
from midcall_emulator.wire.delivery import Attempt
from midcall_emulator.wire.faults import Fault
from midcall_emulator.wire.reply import Reply

Send = Callable[[Attempt], Awaitable[Reply]]


async def send_with_fault(
    world: HasClock, fault: Fault, attempt: Attempt, send: Send, is_awaited: bool
) -> Reply:
    """Send a request with a fault in its delivery. If it is not awaited, holding it back delays nothing else."""
    if fault.do == "double":
        return await _send_twice(world.clock, fault, attempt, send)
    if fault.do == "forge":
        attempt.item.signature = _forge(attempt.item.signature)
        return await send(attempt)
    held = world.clock.spawn(_send_held(world.clock, fault, attempt, send))
    return await world.clock.park(asyncio.shield(held)) if is_awaited else Reply(url=attempt.item.url)


def _forge(signature: str) -> str:
    """Return a value that looks like a signature but is none."""
    return base64.b64encode(hashlib.sha1(signature.encode(), usedforsecurity=False).digest()).decode()


async def _send_twice(clock: Clock, fault: Fault, attempt: Attempt, send: Send) -> Reply:
    """Send a request, and again after its response: at once, or some virtual seconds later."""
    duplicate = replace(attempt, item=replace(attempt.item, discarded=True))
    reply = await send(attempt)
    if fault.value:
        clock.spawn(_send_later(clock, fault.value, duplicate, send))
    else:
        await send(duplicate)
    return reply


async def _send_later(clock: Clock, seconds: float, attempt: Attempt, send: Send) -> None:
    await clock.sleep(seconds)
    await send(attempt)


async def _send_held(clock: Clock, fault: Fault, attempt: Attempt, send: Send) -> Reply:
    """Send a request after some virtual seconds, or (``shuffle``) as soon as a similar request has overtaken it."""
    gate: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    timer = clock.call_later(fault.value, lambda: release(gate))
    if fault.do == "shuffle":
        fault.held = gate
    try:
        await clock.park(gate)
    finally:
        timer.cancel()
        fault.held = None
    return await send(attempt)
