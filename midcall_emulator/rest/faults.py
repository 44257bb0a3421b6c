"""Injected faults of the REST API, before and after a request is executed."""

from __future__ import annotations

import asyncio

from aiohttp import web

from midcall_emulator.rest.formats.body import error_response
from midcall_emulator.wire.faults import Fault

_HANG_SECONDS = 3600


async def before(fault: Fault, request: web.Request) -> web.Response | None:
    """Apply a fault before the execution; return the response that replaces it, or None to execute the request."""
    if fault.do == "delay":
        await asyncio.sleep(fault.value)
    if fault.do == "status":
        return error_response(int(fault.value), request.path)
    return _break_connection(request) if fault.do == "reset" else None


async def after(fault: Fault, request: web.Request) -> web.Response | None:
    """Apply a fault after the execution; return the response that replaces the true one, or None to send that."""
    if fault.do == "execute-then-status":
        return error_response(int(fault.value), request.path)
    if fault.do == "execute-then-hang":
        await asyncio.sleep(fault.value or _HANG_SECONDS)
        return _break_connection(request)
    return None


def _break_connection(request: web.Request) -> web.Response:
    """Abort the connection; the response is never sent."""
    if request.transport:
        request.transport.abort()
    return web.Response(status=500)
