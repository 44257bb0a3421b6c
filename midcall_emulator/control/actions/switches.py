"""Switches for behavior that Twilio does not document."""

from __future__ import annotations

from aiohttp import web

from midcall_emulator.control.action import Request, action, json_response
from midcall_emulator.control.errors import bad_request
from midcall_emulator.switches import descriptions


@action("GET", "/switches")
async def list_switches(request: Request) -> web.StreamResponse:
    """Return all switches with their values and descriptions."""
    return _response(request)


@action("PUT", "/switches")
async def change(request: Request) -> web.StreamResponse:
    """Set switches by name; ``set`` names a set, which is applied first."""
    try:
        request.world.switches.set(await request.body())
    except ValueError as error:
        raise bad_request(str(error)) from None
    return _response(request)


def _response(request: Request) -> web.StreamResponse:
    return json_response({"switches": request.world.switches.as_dict(), "explained": descriptions()})
