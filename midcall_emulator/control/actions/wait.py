"""Waiting until a call meets conditions."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from itertools import islice
from typing import Any

from aiohttp import web

from midcall_emulator.control.action import Request, action, json_response
from midcall_emulator.control.errors import bad_request
from midcall_emulator.control.representation import call_fields
from midcall_emulator.core.call_record import Call
from midcall_emulator.core.clock import Clock

_DEFAULT_TIMEOUT_SECONDS = 5
_LONGEST_TIMEOUT_SECONDS = 60.0
Condition = Callable[[Call], bool]


@action("GET", "/calls/{sid}/wait")
async def wait(request: Request) -> web.StreamResponse:
    """Wait until a call meets all conditions of the query; ``matched`` is whether it did in time.

    Conditions: ``hears`` (part of a heard item) with ``times`` and ``since`` (items to skip), ``status``, ``requests``
    (part of a URL). Limits: ``within`` virtual seconds, which advances a manual clock, and ``timeout`` real seconds.
    """
    call, condition = request.call(), _condition(request)
    within = request.query("within", 0)
    timeout = min(_LONGEST_TIMEOUT_SECONDS, request.query("timeout", _DEFAULT_TIMEOUT_SECONDS))
    try:
        async with asyncio.timeout(timeout):
            matched = await _wait(request, call, condition, within)
    except TimeoutError:
        matched = condition(call)
    return json_response({"matched": matched, "call": call_fields(request.world, call)})


async def _wait(request: Request, call: Call, condition: Condition, within: float) -> bool:
    clock, events = request.world.clock, request.emulator.events
    deadline = clock.now() + within
    while not condition(call):
        changed = events.changed
        if clock.mode == "manual" and within:
            await clock.settle()
            if not condition(call) and not await clock.step(deadline):
                return condition(call)
        elif within and clock.now() >= deadline:
            return False
        else:
            await _next_event(clock, changed, deadline if within else None)
    return True


async def _next_event(clock: Clock, changed: asyncio.Event, deadline: float | None) -> None:
    """Wait for the next event, or until a virtual time."""
    waiting = asyncio.ensure_future(changed.wait())
    timer = clock.call_later(deadline - clock.now(), waiting.cancel) if deadline is not None else None
    try:
        await asyncio.wait({waiting})
    finally:
        waiting.cancel()
        if timer:
            timer.cancel()


def _condition(request: Request) -> Condition:
    """Return a function that checks whether a call meets all conditions of the query."""
    query = request.http.query
    conditions: list[Condition] = []
    if text := query.get("hears"):
        times, since = request.query("times", 1), int(request.query("since", 0))
        conditions.append(lambda call: _count(islice(call.transcript, since, None), text) >= times)
    if status := query.get("status"):
        conditions.append(lambda call: call.status == status)
    if part := query.get("requests"):
        conditions.append(lambda call: any(part in item.url and item.status for item in call.requests))
    if not conditions:
        raise bad_request("the query needs a condition: hears, status or requests")
    return lambda call: all(condition(call) for condition in conditions)


def _count(items: Iterable[dict[str, Any]], text: str) -> int:
    """Return how many items contain a text."""
    return sum(any(text in value for value in item.values() if isinstance(value, str)) for item in items)
