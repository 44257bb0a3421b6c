"""Calls as the people on them have them: dialled, listed, looked at, waited for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from itertools import islice
from typing import Any

from aiohttp import web

from midcall_emulator.control import Complaint, Wish, action, bad, reply, representation, text_of
from midcall_emulator.core.call_record import Call
from midcall_emulator.core.clock import Clock
from midcall_emulator.core.numbers import normalised


@action("POST", "/calls")
async def dial(wish: Wish) -> web.StreamResponse:
    """Somebody dials one of the account's numbers: 201 with the call's sid.

    ``params`` is what a carrier may tell beside that: ``ForwardedFrom``, ``CallerName``, ``StirVerstat``, ``FromCity``…
    """
    body = await wish.body()
    from_, to = text_of(body, "from", "+14155559999"), text_of(body, "to")
    number = wish.world.numbers.owned(normalised(to) or to)
    if number is None:
        owned = ", ".join(item.phone_number for item in wish.world.numbers)
        raise Complaint(404, "number_not_found", f"the account does not own {to!r}; it owns {owned}")
    params = body.get("params") or {}
    carrier = {name: text_of(params, name) for name in params}
    call = wish.world.placement.incoming(normalised(from_) or from_, number, carrier)
    return reply({"sid": call.sid}, status=201)


@action("GET", "/calls")
async def list_calls(wish: Wish) -> web.StreamResponse:
    """Return every call, oldest first."""
    return reply({"calls": [representation.call(wish.world, call) for call in wish.world.calls]})


@action("GET", "/calls/{sid}")
async def show(wish: Wish) -> web.StreamResponse:
    """Return one call."""
    return reply(representation.call(wish.world, wish.call()))


@action("GET", "/calls/{sid}/wait")
async def wait(wish: Wish) -> web.StreamResponse:
    """Wait until something holds for a call; ``matched`` says whether it came to that.

    In the query: ``hears`` (part of a heard item) with ``times`` and ``since`` (items to skip), ``status``,
    ``requests`` (part of a URL), any of them together; ``within`` virtual seconds at most, which turns a manual
    clock; ``timeout`` real seconds at most.
    """
    call, holds = wish.call(), _condition(wish)
    within, timeout = wish.query("within", 0), min(60.0, wish.query("timeout", 5))
    try:
        async with asyncio.timeout(timeout):
            matched = await _wait(wish, call, holds, within)
    except TimeoutError:
        matched = holds(call)
    return reply({"matched": matched, "call": representation.call(wish.world, call)})


async def _wait(wish: Wish, call: Call, holds: Callable[[Call], bool], within: float) -> bool:
    clock, events = wish.world.clock, wish.emulator.events
    deadline = clock.now() + within
    while not holds(call):
        changed = events.changed
        if clock.mode == "manual" and within:
            await clock.settled()
            if not holds(call) and not await clock.step(deadline):
                return holds(call)
        elif within and clock.now() >= deadline:
            return False
        else:
            await _change(clock, changed, deadline if within else None)
    return True


async def _change(clock: Clock, changed: asyncio.Event, deadline: float | None) -> None:
    """Wait until something has happened, or until that virtual moment."""
    waiting = asyncio.ensure_future(changed.wait())
    timer = clock.call_later(deadline - clock.now(), waiting.cancel) if deadline is not None else None
    try:
        await asyncio.wait({waiting})
    finally:
        waiting.cancel()
        if timer:
            timer.cancel()


def _condition(wish: Wish) -> Callable[[Call], bool]:
    query = wish.request.query
    tests: list[Callable[[Call], bool]] = []
    if text := query.get("hears"):
        times = wish.query("times", 1)
        since = int(wish.query("since", 0))
        tests.append(lambda call: _mentioned(islice(call.transcript, since, None), text) >= times)
    if status := query.get("status"):
        tests.append(lambda call: call.status == status)
    if part := query.get("requests"):
        tests.append(lambda call: any(part in item.url and item.status for item in call.requests))
    if not tests:
        raise bad("say what to wait for: hears, status or requests")
    return lambda call: all(test(call) for test in tests)


def _mentioned(items: Iterable[dict[str, Any]], text: str) -> int:
    """Return how many items have ``text`` in them."""
    return sum(any(text in value for value in item.values() if isinstance(value, str)) for item in items)
