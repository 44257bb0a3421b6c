"""Calls coming in, calls going out, and calls being sent somewhere else while they run."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from midcall_emulator.calls import detection
from midcall_emulator.calls.detection import Terms as Detection
from midcall_emulator.calls.ringing import ANSWERED, ring
from midcall_emulator.core.call_record import Call, Handlers
from midcall_emulator.core.numbers import Number
from midcall_emulator.core.outcomes import Fetch, Source
from midcall_emulator.core.sids import new_sid
from midcall_emulator.media import call_recordings
from midcall_emulator.media.call_recordings import Terms
from midcall_emulator.twiml.interpreter import converse

if TYPE_CHECKING:
    from midcall_emulator.world import World


@dataclass(frozen=True, slots=True)
class Order:
    """An outgoing call as it was ordered over REST; times in seconds."""

    from_: str
    to: str
    source: Source
    handlers: Handlers
    timeout: float = 60
    time_limit: float = 14400
    send_digits: str = ""
    record: Terms | None = None
    application_sid: str = ""
    detects: Detection | None = None


def incoming(world: World, from_: str, number: Number, carrier: dict[str, str] | None = None) -> Call:
    """Somebody dials one of the account's numbers. Without a voice URL the call fails, and nobody is told."""
    voice = world.applications.voice_of(number)
    call = Call(new_sid("CA"), from_, number.phone_number, "inbound", "ringing", 0, handlers=voice.handlers())
    call.carrier = carrier or {}
    _add(world, call)
    call.started, call.phone_number_sid = call.created, number.sid
    call.application_sid = world.applications.sid_of(number)
    source = voice.source()
    if source is None:
        world.end(call, "failed")
    else:
        call.script = world.clock.spawn(converse(world, call, source))
    return call


def outgoing(world: World, order: Order) -> Call:
    """Place an outgoing call; it is queued at first."""
    call = Call(new_sid("CA"), order.from_, order.to, "outbound-api", "queued", 0, handlers=order.handlers)
    owned = world.numbers.owned(order.from_)
    call.phone_number_sid, call.time_limit = owned.sid if owned else None, order.time_limit
    call.queue_seconds, call.application_sid = _wait(world), order.application_sid
    _add(world, call).script = world.clock.spawn(_place(world, call, order))
    return call


def redirect(world: World, call: Call, source: Source) -> None:
    """Take a live call from what runs on it, and run ``source`` instead."""
    rest = world.cut(call, "redirect")
    call.documents_at_once = 0
    call.script = world.clock.spawn(_move(world, call, rest, source))


def _wait(world: World) -> float:
    """Return how many seconds a new call waits for its turn, and take the turn."""
    now, rate = world.clock.now(), world.switches.calls_per_second
    turn = max(now, world.next_turn)
    world.next_turn = turn + 1 / rate if rate else now
    return turn - now


async def _place(world: World, call: Call, order: Order) -> None:
    await world.clock.sleep(world.switches.queue_seconds + call.queue_seconds)
    result = await ring(world, call, order.timeout)
    if result != ANSWERED:
        world.end(call, result)
        return
    world.answer(call)
    if order.record:
        call.recorded = call_recordings.begin(world, call, order.record).recording
    if order.send_digits:
        world.hear(call, "dtmf", digits=order.send_digits)
    await converse(world, call, await _known(world, call, order))


async def _known(world: World, call: Call, order: Order) -> Source:
    """Return the first document, whose request says who answered if that had to be known first."""
    if order.detects and order.detects.is_async:
        detection.begin(world, call, order.detects)
    elif order.detects:
        found = await detection.detect(world, call, order.detects)
        if isinstance(order.source, Fetch):
            return replace(order.source, params={"AnsweredBy": found})
    return order.source


async def _move(world: World, call: Call, rest: asyncio.Task[Any] | None, source: Source) -> None:
    if rest:
        lead = asyncio.wait({rest}, timeout=world.switches.dial_action_lead_seconds)
        await world.clock.park(asyncio.ensure_future(lead))
    await world.clock.sleep(world.switches.redirect_delay_seconds)
    await converse(world, call, source)


def _add(world: World, call: Call) -> Call:
    call.created = world.clock.now()
    world.calls.add(call)
    world.tell("call", call, {"from": call.from_, "to": call.to, "direction": call.direction})
    world.enter(call, call.status)
    return call
