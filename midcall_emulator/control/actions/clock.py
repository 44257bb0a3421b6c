"""The clock, and the state of the whole emulator: settle and reset."""

from __future__ import annotations

from aiohttp import web

from midcall_emulator.control.action import Request, action, json_response
from midcall_emulator.control.body import number_of
from midcall_emulator.control.errors import bad_request
from midcall_emulator.control.representation import clock_fields

_HIGHEST_SPEED = 10000


@action("GET", "/clock")
async def read(request: Request) -> web.StreamResponse:
    """Return a reading of the clock."""
    return json_response(clock_fields(request.world))


@action("POST", "/clock")
async def change(request: Request) -> web.StreamResponse:
    """Set ``mode`` (real or manual) and ``speed``, or ``advance`` by seconds and wait until all of it is done."""
    body, clock = await request.body(), request.world.clock
    mode, speed = body.get("mode", clock.mode), body.get("speed", clock.speed)
    if mode not in ("real", "manual"):
        raise bad_request("mode must be real or manual")
    if isinstance(speed, bool) or not isinstance(speed, int | float) or not 0 < speed <= _HIGHEST_SPEED:
        raise bad_request(f"speed must be a number above 0, at most {_HIGHEST_SPEED}")
    seconds = number_of(body, "advance", 0)
    if "mode" in body or "speed" in body:
        clock.set_mode(mode, speed)
    if "advance" in body:
        await clock.advance(seconds)
    return json_response(clock_fields(request.world))


@action("POST", "/settle")
async def settle(request: Request) -> web.StreamResponse:
    """Respond when every request is answered and every call waits for time or for a person."""
    await request.world.clock.settle()
    return json_response(clock_fields(request.world))


@action("POST", "/reset")
async def reset(request: Request) -> web.StreamResponse:
    """Start over: no calls, and all settings as at the start."""
    await request.emulator.reset()
    return json_response(clock_fields(request.emulator.world))
