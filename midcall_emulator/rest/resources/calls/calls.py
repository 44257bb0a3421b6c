"""Calls: list, fetch, update, delete (https://www.twilio.com/docs/voice/api/call-resource)."""

from __future__ import annotations

import math
from functools import partial

from midcall_emulator.core.call_record import Call, Handlers
from midcall_emulator.core.outcomes import Source
from midcall_emulator.rest.errors import RestError
from midcall_emulator.rest.formats.paging import newest_first
from midcall_emulator.rest.lookup import find_call
from midcall_emulator.rest.operation import Request, operation
from midcall_emulator.rest.parameters import date_filters, values
from midcall_emulator.rest.resources.calls.fields import call_fields, visible_status
from midcall_emulator.rest.resources.calls.source import document_source
from midcall_emulator.rest.response import Response

_FILTERS = {"To": "to", "From": "from_", "ParentCallSid": "parent_sid"}
_HANDLERS = ("FallbackUrl", "FallbackMethod", "StatusCallback", "StatusCallbackMethod")
_UPDATES = ("Url", "Twiml", "Status", "TimeLimit", *_HANDLERS)


@operation("GET", "/Calls.json")
def list_calls(request: Request) -> Response:
    """Return the calls that match all filters, newest first
    (https://www.twilio.com/docs/voice/api/call-resource#read-multiple-call-resources)."""
    date_filters.check(request, "StartTime", "EndTime")
    calls = (call for call in request.world.calls if _matches(request, call))
    return newest_first(request, "calls", calls, partial(call_fields, request.world))


@operation("GET", "/Calls/{call_sid}.json")
def fetch(request: Request) -> Response:
    """Return a call."""
    return Response(200, call_fields(request.world, find_call(request)))


@operation("POST", "/Calls/{call_sid}.json")
def update(request: Request) -> Response:
    """Change a live call; 200 with the call before the new document is fetched."""
    call, status, source = find_call(request), _new_status(request), _new_source(request)
    limit = values.time_limit(request, 0)
    handlers = _new_handlers(request, call.handlers)
    if call.is_over and any(request.get(name) for name in _UPDATES):
        raise RestError(21220)
    if source and not status and visible_status(request.world, call) != "in-progress":
        raise RestError(21220)
    call.handlers = handlers
    if limit:
        request.world.lifecycle.limit(call, limit)
    if status:
        _end(request, call, status)
    elif source:
        request.world.placement.redirect(call, source)
    return Response(200, call_fields(request.world, call))


@operation("DELETE", "/Calls/{call_sid}.json")
def delete(request: Request) -> Response:
    """Delete the record of a call; RestError 20009 for a live call, or one that Twilio still finalizes.

    Twilio asks clients to wait a minute after the end (https://www.twilio.com/docs/api/errors/20009).
    """
    call = find_call(request)
    since_end = request.world.clock.now() - (call.ended if call.ended is not None else math.inf)
    if since_end < request.world.switches.finalising_seconds:
        raise RestError(20009)
    request.world.calls.remove(call.sid)
    return Response(204)


def _matches(request: Request, call: Call) -> bool:
    for name, attribute in _FILTERS.items():
        if request.get(name) and getattr(call, attribute) != request.get(name):
            return False
    status = visible_status(request.world, call)
    if request.get("Status", status) != status:
        return False
    started = None if status == "queued" else call.started
    ended = call.ended if status == "completed" else None
    matches = date_filters.matches
    return matches(request, "StartTime", started) and matches(request, "EndTime", ended)


def _new_status(request: Request) -> str:
    status = request.get("Status")
    if status not in ("", "canceled", "completed"):
        raise RestError(20001, f"Status={status}")
    return status


def _new_source(request: Request) -> Source | None:
    has_both = request.get("Url") and request.get("Twiml")
    if has_both and request.world.switches.update_url_and_twiml != "url-wins":
        raise RestError(32019)
    return document_source(request)


def _new_handlers(request: Request, handlers: Handlers) -> Handlers:
    """Return the handlers after an update: the request's parameters replace the earlier values."""
    keeps_fallback = request.world.switches.previous_fallback_after_update or not request.get("Url")
    return Handlers(
        values.url(request, "FallbackUrl", 21205) or (handlers.fallback_url if keeps_fallback else ""),
        values.method(request, "FallbackMethod", handlers.fallback_method),
        values.callback_url(request) or handlers.status_callback,
        values.method(request, "StatusCallbackMethod", handlers.status_method),
        handlers.status_events,
    )


def _end(request: Request, call: Call, status: str) -> None:
    """End a call: ``completed`` ends every call, ``canceled`` only one that is not answered yet.

    A switch says whether ``canceled`` ends a ringing leg of a Dial.
    """
    end, switches = request.world.lifecycle.end, request.world.switches
    if call.direction == "outbound-dial" and status == "canceled" and switches.cancel_dialed_leg != "ends":
        return
    if call.answered is None:
        end(call, switches.cancel_by_completed if status == "completed" else "canceled")
    elif status == "completed":
        end(call, "completed")
