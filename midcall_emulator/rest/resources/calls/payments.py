"""Payments of a call: sessions that capture payment data (https://www.twilio.com/docs/voice/api/payment-resource)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urljoin

from midcall_emulator.core.digits import number_in
from midcall_emulator.media import listeners
from midcall_emulator.payments.details import PARTS, Details
from midcall_emulator.payments.sessions import PaymentSession
from midcall_emulator.rest.errors import RestError
from midcall_emulator.rest.fields import date, path
from midcall_emulator.rest.idempotency import idempotent
from midcall_emulator.rest.lookup import find_call
from midcall_emulator.rest.operation import Request, operation
from midcall_emulator.rest.resources.calls.fields import visible_status
from midcall_emulator.rest.response import Response
from midcall_emulator.wire.urls import is_http_url

_FINAL_STATUSES = ("complete", "cancel")
_DEFAULT_POSTAL_CODE_LENGTH = 5


@operation("POST", "/Calls/{call_sid}/Payments.json")
@idempotent
def create(request: Request) -> Response:
    """Start a payment session on a call in progress."""
    call, callback = find_call(request), _status_callback(request)
    if call.is_over or visible_status(request.world, call) != "in-progress":
        raise RestError(21220)
    session = PaymentSession(request.world, call, _details(request), callback)
    session.start()
    return Response(201, _fields(request, session))


@operation("POST", "/Calls/{call_sid}/Payments/{payment_sid}.json")
@idempotent
def update(request: Request) -> Response:
    """Capture one part of the payment data, or end the session; 202."""
    session = listeners.find(find_call(request), PaymentSession.resource, request.ids["payment_sid"])
    if not isinstance(session, PaymentSession):
        raise RestError(20404, request.path)
    part, status = request.get("Capture").removesuffix("-matcher"), request.get("Status")
    if part not in PARTS and status not in _FINAL_STATUSES:
        raise RestError(20001, f"Capture={request.get('Capture')} Status={status}")
    session.report_to(_status_callback(request))
    session.updated = request.world.clock.now()
    if status:
        session.finish(status)
    else:
        session.capture(part)
    return Response(202, _fields(request, session))


def _status_callback(request: Request) -> str:
    """Return the status callback's URL. It and the IdempotencyKey are required."""
    for name in ("IdempotencyKey", "StatusCallback"):
        if not request.get(name):
            raise RestError(20001, f"{name} is required")
    url = urljoin(request.world.base_url, request.get("StatusCallback"))
    if not is_http_url(url):
        raise RestError(21609, url)
    return url


def _details(request: Request) -> Details:
    shortest = number_in(request.get("MinPostalCodeLength"), 1, 100)
    return Details(
        request.get("PaymentMethod", "credit-card"),
        request.get("ChargeAmount"),
        request.get("PostalCode", "true").lower(),
        request.get("SecurityCode", "true").lower() == "true",
        shortest or _DEFAULT_POSTAL_CODE_LENGTH,
        frozenset(request.get("ValidCardTypes", "visa mastercard amex").split()),
        request.world.clock.date().date(),
    )


def _fields(request: Request, session: PaymentSession) -> dict[str, Any]:
    return {
        "sid": session.sid,
        "account_sid": request.world.account,
        "call_sid": session.call.sid,
        "date_created": date(request.world, session.created),
        "date_updated": date(request.world, session.updated),
        "uri": path(request.world, f"Calls/{session.call.sid}/Payments/{session.sid}.json"),
    }
