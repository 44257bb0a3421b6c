"""What goes wrong, and which way open questions are answered: faults and switches."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from midcall_emulator.control import Wish, action, bad, reply
from midcall_emulator.switches import explained
from midcall_emulator.wire import faults


@action("POST", "/faults")
async def set_faults(wish: Wish) -> web.StreamResponse:
    """Put these faults in the place of all earlier ones; an empty list takes them all away."""
    items = await wish.json()
    if not isinstance(items, list):
        raise bad("the body must be a list of faults")
    try:
        wish.world.faults.set([faults.parse(item) for item in items])
    except ValueError as error:
        raise bad(str(error)) from None
    return _faults(wish)


@action("GET", "/faults")
async def list_faults(wish: Wish) -> web.StreamResponse:
    """Return the faults in force, with how often each can still happen."""
    return _faults(wish)


@action("GET", "/switches")
async def list_switches(wish: Wish) -> web.StreamResponse:
    """Return the switches, and what each does."""
    return _switches(wish)


@action("PUT", "/switches")
async def turn_switches(wish: Wish) -> web.StreamResponse:
    """Turn the named switches."""
    try:
        wish.world.switches.turn(await wish.body())
    except ValueError as error:
        raise bad(str(error)) from None
    return _switches(wish)


def _faults(wish: Wish) -> web.StreamResponse:
    def shown(rule: faults.Fault) -> dict[str, Any]:
        return {"on": rule.on, "match": rule.match, "times": rule.times, "do": rule.do, "value": rule.value}

    return reply({"faults": [shown(rule) for rule in wish.world.faults]})


def _switches(wish: Wish) -> web.StreamResponse:
    return reply({"switches": wish.world.switches.as_dict(), "explained": explained()})
