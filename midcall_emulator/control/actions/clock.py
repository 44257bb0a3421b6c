"""The clock and the state of the whole: told, turned, waited for, reset."""

from __future__ import annotations

from aiohttp import web

from midcall_emulator.control import Wish, action, bad, number_of, reply, representation


@action("GET", "/clock")
async def tell(wish: Wish) -> web.StreamResponse:
    """Return what the clock says."""
    return reply(representation.clock(wish.world))


@action("POST", "/clock")
async def turn(wish: Wish) -> web.StreamResponse:
    """Set ``mode`` (real or manual) and ``speed``, or ``advance`` by seconds, and answer once all of it is done."""
    body, clock = await wish.body(), wish.world.clock
    mode, speed = body.get("mode", clock.mode), body.get("speed", clock.speed)
    if mode not in ("real", "manual"):
        raise bad("mode must be real or manual")
    if isinstance(speed, bool) or not isinstance(speed, int | float) or not 0 < speed <= 10000:
        raise bad("speed must be a number above 0, at most 10000")
    seconds = number_of(body, "advance", 0)
    if "mode" in body or "speed" in body:
        clock.turn(mode, speed)
    if "advance" in body:
        await clock.advance(seconds)
    return reply(representation.clock(wish.world))


@action("POST", "/settle")
async def settle(wish: Wish) -> web.StreamResponse:
    """Answer once nothing is under way: every request answered, every call waiting for time or for somebody."""
    await wish.world.clock.settled()
    return reply(representation.clock(wish.world))


@action("POST", "/reset")
async def reset(wish: Wish) -> web.StreamResponse:
    """Start over: no calls, and everything as it was at the start."""
    await wish.emulator.reset()
    return reply(representation.clock(wish.emulator.world))
