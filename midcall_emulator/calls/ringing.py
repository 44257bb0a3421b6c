"""Ringing: a phone rings until the person answers or rejects the call, or the timeout ends it."""

from __future__ import annotations

import asyncio
from typing import Protocol

from midcall_emulator.calls.own_numbers import HasOwnNumbers
from midcall_emulator.core.call_record import Call
from midcall_emulator.core.clock import HasClock
from midcall_emulator.core.people import HasPeople, Person
from midcall_emulator.switches import HasSwitches
from midcall_emulator.wire.status_callbacks import HasStatusCallbacks

ANSWERED = "answered"


class RingingWorld(HasClock, HasOwnNumbers, HasPeople, HasStatusCallbacks, HasSwitches, Protocol):
    """The parts of the world that ringing uses."""


async def ring(world: RingingWorld, call: Call, timeout: float) -> str:
    """Ring the phone; return ``answered``, ``busy``, ``no-answer`` or ``failed``."""
    pickup: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    call.run.pickup, call.started = pickup, world.clock.now()
    call.enter("ringing")
    world.status_callbacks.report(call, "initiated")
    world.status_callbacks.report(call, "ringing")
    if call.run.on_ringing:
        call.run.on_ringing()
    timers = [world.clock.call_later(timeout, lambda: finish_ringing(call, "no-answer"))]
    if number := world.own_numbers.dialed_by(call):
        inbound = world.own_numbers.connect(call, number, lambda result: _stop_ringing(call, result))
        inbound.run.on_answer = lambda: _stop_ringing(call, ANSWERED)
    elif reaction := _reaction_of(world, world.people.of(call.to)):
        timers.append(world.clock.call_later(reaction[1], lambda: finish_ringing(call, reaction[0])))
    try:
        return await world.clock.park(pickup)
    finally:
        call.run.pickup = None
        for timer in timers:
            timer.cancel()


def finish_ringing(call: Call, result: str) -> bool:
    """End the ringing with a result; return False if the phone does not ring."""
    if call.run.pickup is None or call.run.pickup.done():
        return False
    call.run.pickup.set_result(result)
    return True


def _stop_ringing(call: Call, result: str) -> None:
    finish_ringing(call, result)


def _reaction_of(world: HasSwitches, person: Person) -> tuple[str, float] | None:
    """Return the result of a person's behavior and the seconds until then; None if the person does not react."""
    after = person.after_seconds
    if person.behaviour == "manual" or (person.behaviour == "no-answer" and after is None):
        return None
    default = 0.0 if person.behaviour == "failed" else world.switches.answer_after_seconds
    result = ANSWERED if person.behaviour == "answer" else person.behaviour
    return result, default if after is None else after
