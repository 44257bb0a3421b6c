"""Members of a queue (https://www.twilio.com/docs/voice/api/member-resource)."""

from __future__ import annotations

from functools import partial
from typing import Any

from midcall_emulator.core.outcomes import Fetch
from midcall_emulator.queues.queue import Member
from midcall_emulator.rest.errors import RestError
from midcall_emulator.rest.fields import date, path
from midcall_emulator.rest.formats.paging import page
from midcall_emulator.rest.operation import Request, operation
from midcall_emulator.rest.parameters import values
from midcall_emulator.rest.resources.queues import find_queue
from midcall_emulator.rest.response import Response

_MEMBER = "/Queues/{queue_sid}/Members/{call_sid}.json"


@operation("GET", "/Queues/{queue_sid}/Members.json")
def list_members(request: Request) -> Response:
    """Return the members, the front of the queue first."""
    members = find_queue(request).members
    fields = partial(_fields, request)
    return Response(200, page(request, "queue_members", members, fields, lambda member: member.call.sid))


@operation("GET", _MEMBER)
def fetch(request: Request) -> Response:
    """Return a member by CallSid, or the first one with ``Front``."""
    return Response(200, _fields(request, _find(request)))


@operation("POST", _MEMBER)
def update(request: Request) -> Response:
    """Dequeue a member: its call continues with the document at ``Url``, and Enqueue's action is requested."""
    member = _find(request)
    url, method = values.url(request, "Url", 21205), values.method(request, "Method")
    if not url:
        raise RestError(21205)
    fields_in_queue = _fields(request, member)
    request.world.placement.redirect(member.call, Fetch(url, method))
    return Response(200, fields_in_queue)


def _find(request: Request) -> Member:
    member = find_queue(request).find(request.ids["call_sid"])
    if member is None:
        raise RestError(20404, request.path)
    return member


def _fields(request: Request, member: Member) -> dict[str, Any]:
    return {
        "call_sid": member.call.sid,
        "queue_sid": member.queue.sid,
        "date_enqueued": date(request.world, member.joined),
        "position": member.position,
        "wait_time": member.wait_seconds,
        "uri": path(request.world, f"Queues/{member.queue.sid}/Members/{member.call.sid}.json"),
    }
