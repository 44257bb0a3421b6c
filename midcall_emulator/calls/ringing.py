"""A phone that rings: until somebody takes it, refuses it, or it has rung long enough."""

from __future__ import annotations

import asyncio
from typing import Protocol

from midcall_emulator.core.call_record import Call
from midcall_emulator.core.clock import HasClock
from midcall_emulator.core.people import HasPeople, Person
from midcall_emulator.switches import HasSwitches
from midcall_emulator.wire.status_callbacks import HasStatusCallbacks

ANSWERED = "answered"


class RingingWorld(HasClock, HasPeople, HasStatusCallbacks, HasSwitches, Protocol):
    """The parts of the world that a ringing phone uses."""


async def ring(world: RingingWorld, call: Call, timeout: float) -> str:
    """Let it ring; return ``answered``, ``busy``, ``no-answer`` or ``failed``."""
    pickup: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    call.run.pickup, call.started = pickup, world.clock.now()
    call.enter("ringing")
    world.status_callbacks.report(call, "initiated")
    world.status_callbacks.report(call, "ringing")
    timers = [world.clock.call_later(timeout, lambda: finish_ringing(call, "no-answer"))]
    act = _act_of(world, world.people.of(call.to))
    if act:
        timers.append(world.clock.call_later(act[1], lambda: finish_ringing(call, act[0])))
    try:
        return await world.clock.park(pickup)
    finally:
        call.run.pickup = None
        for timer in timers:
            timer.cancel()


def finish_ringing(call: Call, result: str) -> bool:
    """Decide how the ringing ends; return whether the phone was ringing at all."""
    if call.run.pickup is None or call.run.pickup.done():
        return False
    call.run.pickup.set_result(result)
    return True


def _act_of(world: HasSwitches, person: Person) -> tuple[str, float] | None:
    """Return what a person does and when; None for nothing."""
    after = person.after_seconds
    if person.behaviour == "manual" or (person.behaviour == "no-answer" and after is None):
        return None
    usual = 0.0 if person.behaviour == "failed" else world.switches.answer_after_seconds
    result = ANSWERED if person.behaviour == "answer" else person.behaviour
    return result, usual if after is None else after
