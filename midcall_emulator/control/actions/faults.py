"""Fault injection."""

from __future__ import annotations

from aiohttp import web

from midcall_emulator.control.action import Request, action, json_response
from midcall_emulator.control.errors import bad_request
from midcall_emulator.wire.fault_parser import parse_fault

_FIELDS = ("on", "match", "times", "do", "value")


@action("POST", "/faults")
async def replace(request: Request) -> web.StreamResponse:
    """Replace all faults; an empty list removes them."""
    items = await request.json()
    if not isinstance(items, list):
        raise bad_request("the body must be a list of faults")
    try:
        request.world.faults.set([parse_fault(item) for item in items])
    except ValueError as error:
        raise bad_request(str(error)) from None
    return _response(request)


@action("GET", "/faults")
async def list_faults(request: Request) -> web.StreamResponse:
    """Return the current faults, with the number of times that each still applies."""
    return _response(request)


def _response(request: Request) -> web.StreamResponse:
    fields = [{name: getattr(fault, name) for name in _FIELDS} for fault in request.world.faults]
    return json_response({"faults": fields})
