"""Calls: a caller dials; calls are listed and shown."""

from __future__ import annotations

from aiohttp import web

from midcall_emulator.control.action import Request, action, json_response
from midcall_emulator.control.body import text_of
from midcall_emulator.control.errors import number_not_found
from midcall_emulator.control.representation import call_fields
from midcall_emulator.core.numbers import normalize_address

_DEFAULT_CALLER = "+14155559999"


@action("POST", "/calls")
async def dial(request: Request) -> web.StreamResponse:
    """Dial a number of the account; 201 with the call's SID.

    ``params`` is carrier data: ``ForwardedFrom``, ``CallerName``, ``StirVerstat``, ``FromCity``…
    """
    body, numbers = await request.body(), request.world.numbers
    from_, to = text_of(body, "from", _DEFAULT_CALLER), text_of(body, "to")
    number = numbers.find(normalize_address(to) or to)
    if number is None:
        raise number_not_found(to, ", ".join(item.phone_number for item in numbers))
    params = body.get("params") or {}
    carrier = {name: text_of(params, name) for name in params}
    call = request.world.placement.place_inbound(normalize_address(from_) or from_, number, carrier)
    return json_response({"sid": call.sid}, status=201)


@action("GET", "/calls")
async def list_calls(request: Request) -> web.StreamResponse:
    """Return all calls, oldest first."""
    return json_response({"calls": [call_fields(request.world, call) for call in request.world.calls]})


@action("GET", "/calls/{sid}")
async def show(request: Request) -> web.StreamResponse:
    """Return one call."""
    return json_response(call_fields(request.world, request.call()))
