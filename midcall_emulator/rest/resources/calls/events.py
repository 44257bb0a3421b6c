"""Events of a call: the requests to the app and their responses."""

from __future__ import annotations

from functools import partial
from typing import Any

from midcall_emulator.core.call_record import Call, RequestItem
from midcall_emulator.rest.fields import date
from midcall_emulator.rest.formats.paging import page
from midcall_emulator.rest.lookup import find_call
from midcall_emulator.rest.operation import Request, operation
from midcall_emulator.rest.response import Response


@operation("GET", "/Calls/{call_sid}/Events.json")
def list_events(request: Request) -> Response:
    """Return the events of a call, oldest first; none before Twilio offers them
    (https://www.twilio.com/docs/voice/api/call-event-resource: 15 minutes after the end)."""
    call = find_call(request)
    requests = call.requests if _are_available(request, call) else []
    return Response(
        200, page(request, "events", requests, partial(_fields, request), lambda item: item.token)
    )


def _are_available(request: Request, call: Call) -> bool:
    wait = request.world.switches.events_after_seconds
    return not wait or (call.ended is not None and request.world.clock.now() >= call.ended + wait)


def _fields(request: Request, item: RequestItem) -> dict[str, Any]:
    return {
        "request": {"method": item.method, "url": item.url, "parameters": item.params},
        "response": {
            "response_code": item.status,
            "request_duration": item.milliseconds,
            "content_type": item.content_type,
            "response_body": item.response,
            "date_created": date(request.world, item.at),
        },
    }
