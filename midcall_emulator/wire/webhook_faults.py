"""Webhooks that go astray on demand: forged, sent twice, held back until they are late or overtaken."""

from __future__ import annotations

import asyncio
import base64
import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import replace

from midcall_emulator.core.call_record import RequestItem
from midcall_emulator.core.clock import HasClock
from midcall_emulator.wire.delivery import Reply
from midcall_emulator.wire.faults import Fault

Send = Callable[[RequestItem], Awaitable[Reply]]


async def send_with_fault(
    world: HasClock, fault: Fault, item: RequestItem, send: Send, awaited: bool
) -> Reply:
    """Send ``item`` as the fault has it; where nobody waits for the answer, what is held back holds up nothing."""
    if fault.do == "double":
        return await _double(world, fault, item, send)
    if fault.do == "forge":
        item.signature = forge_signature(item.signature)
        return await send(item)
    held = world.clock.spawn(_held(world, fault, item, send))
    return await world.clock.park(asyncio.shield(held)) if awaited else Reply(url=item.url)


def forge_signature(signature: str) -> str:
    """Return something that looks like a signature and is none."""
    return base64.b64encode(hashlib.sha1(signature.encode(), usedforsecurity=False).digest()).decode()


async def _double(world: HasClock, fault: Fault, item: RequestItem, send: Send) -> Reply:
    """Send it, and the same again: at once after the answer, or some virtual seconds later."""
    again = replace(item, discarded=True)
    reply = await send(item)
    if fault.value:
        world.clock.spawn(_later(world, fault.value, send, again))
    else:
        await send(again)
    return reply


async def _later(world: HasClock, seconds: float, send: Send, item: RequestItem) -> None:
    await world.clock.sleep(seconds)
    await send(item)


async def _held(world: HasClock, fault: Fault, item: RequestItem, send: Send) -> Reply:
    """Send it when its virtual seconds are over, or (``shuffle``) when another that matches has overtaken it."""
    gate: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    timer = world.clock.call_later(fault.value, lambda: None if gate.done() else gate.set_result(None))
    if fault.do == "shuffle":
        fault.held = gate
    try:
        await world.clock.park(gate)
    finally:
        timer.cancel()
        fault.held = None
    return await send(item)
