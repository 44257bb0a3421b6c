"""New calls (https://www.twilio.com/docs/voice/api/call-resource#create-a-call-resource)."""

from __future__ import annotations

import re

from midcall_emulator.calls.outbound_call import OutboundCall
from midcall_emulator.core.call_record import Call, Handlers
from midcall_emulator.core.voice_settings import VoiceSettings
from midcall_emulator.rest.errors import RestError
from midcall_emulator.rest.operation import Request, operation
from midcall_emulator.rest.parameters import outgoing_call, values
from midcall_emulator.rest.parameters.machine_detection import machine_detection
from midcall_emulator.rest.parameters.recording import call_recording
from midcall_emulator.rest.resources.calls.fields import call_fields
from midcall_emulator.rest.resources.calls.source import document_source
from midcall_emulator.rest.response import Response

_EVENTS = frozenset({"initiated", "ringing", "answered", "completed"})
_SEND_DIGITS = re.compile(r"[0-9A-D#*wW]{0,32}")
_LONGEST_TIMEOUT = 600


@operation("POST", "/Calls.json")
def create(request: Request) -> Response:
    """Place a call; 201 with the queued call."""
    order = _order(request)
    outgoing_call.check_concurrency(request)
    call = request.world.placement.place_outbound(order)
    _add_warnings(request, call)
    return Response(201, call_fields(request.world, call))


def _order(request: Request) -> OutboundCall:
    to, from_ = outgoing_call.to_number(request), outgoing_call.from_number(request)
    app = _application(request)
    source = app.source() if app else document_source(request)
    if source is None:
        raise RestError(21205)
    digits = request.get("SendDigits")
    if not _SEND_DIGITS.fullmatch(digits):
        raise RestError(21206, digits)
    return OutboundCall(
        from_,
        to,
        source,
        app.handlers() if app else _handlers(request),
        min(_LONGEST_TIMEOUT, values.seconds(request, "Timeout", 60, 21208, 10**6)),
        values.time_limit(request, 14400),
        digits,
        call_recording(request, "OutboundAPI") if values.flag(request, "Record") else None,
        request.get("ApplicationSid"),
        machine_detection(request, "AsyncAmdStatusCallback"),
    )


def _application(request: Request) -> VoiceSettings | None:
    """Return the settings of the call's TwiML app, None without one; RestError 21218 if it has no voice URL."""
    sid = request.get("ApplicationSid")
    app = request.world.applications.get(sid) if sid else None
    if sid and (app is None or not app.voice.url):
        raise RestError(21218, sid)
    return app.voice if app else None


def _handlers(request: Request) -> Handlers:
    return Handlers(
        values.url(request, "FallbackUrl", 21205),
        values.method(request, "FallbackMethod"),
        values.callback_url(request),
        values.method(request, "StatusCallbackMethod"),
        _EVENTS & frozenset(request.get_all("StatusCallbackEvent", "completed")),
    )


def _add_warnings(request: Request, call: Call) -> None:
    """Record warnings about parameters that Twilio accepts and ignores."""
    log = request.world.log
    if request.get("Url") and request.get("Twiml"):
        log.warning(call, 32019, "Both Url and Twiml were given; Url is used")
    invalid = set(request.get_all("StatusCallbackEvent", "completed")) - _EVENTS
    if invalid:
        log.warning(call, 21626, f"Invalid StatusCallbackEvent: {', '.join(sorted(invalid))}")
