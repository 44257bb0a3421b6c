"""Resources that a request's path names."""

from __future__ import annotations

from midcall_emulator.core.call_record import Call
from midcall_emulator.core.sids import BySid, Resource
from midcall_emulator.rest.errors import RestError
from midcall_emulator.rest.operation import Request


def find(request: Request, resources: BySid[Resource], name: str) -> Resource:
    """Return the resource whose SID the path has under this name; RestError 20404 if there is none."""
    resource = resources.get(request.ids[name])
    if resource is None:
        raise RestError(20404, request.path)
    return resource


def find_call(request: Request) -> Call:
    """Return the call in the path; RestError 20404 if there is none."""
    return find(request, request.world.calls, "call_sid")
