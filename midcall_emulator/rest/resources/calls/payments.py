"""Payments of a call: a session, its captures, its end (https://www.twilio.com/docs/voice/api/payment-resource)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urljoin

from midcall_emulator.core.digits import number_in
from midcall_emulator.media import forks
from midcall_emulator.payments.details import PARTS, Details
from midcall_emulator.payments.sessions import Payment
from midcall_emulator.rest import Answer, Ask, operation, parameters, representation
from midcall_emulator.rest.errors import Refusal
from midcall_emulator.rest.idempotency import once
from midcall_emulator.wire.webhooks import is_absolute

_ENDS = ("complete", "cancel")


@operation("POST", "/Calls/{call_sid}/Payments.json")
@once
def create(ask: Ask) -> Answer:
    """Begin a session on a call in progress."""
    call, callback = parameters.call_of(ask), _callback(ask)
    if call.is_over or representation.shown_status(ask.world, call) != "in-progress":
        raise Refusal(21220)
    fork = Payment(ask.world, call, _details(ask), callback)
    fork.start()
    return Answer(201, _shown(ask, fork))


@operation("POST", "/Calls/{call_sid}/Payments/{payment_sid}.json")
@once
def update(ask: Ask) -> Answer:
    """Capture a part, or end the session: 202."""
    fork = forks.named(parameters.call_of(ask), Payment.resource, ask.ids["payment_sid"])
    if not isinstance(fork, Payment):
        raise Refusal(20404, ask.path)
    part, status = ask.get("Capture").removesuffix("-matcher"), ask.get("Status")
    if part not in PARTS and status not in _ENDS:
        raise Refusal(20001, f"Capture={ask.get('Capture')} Status={status}")
    fork.report_to(_callback(ask))
    fork.updated = ask.world.clock.now()
    if status:
        fork.finish(status)
    else:
        fork.capture(part)
    return Answer(202, _shown(ask, fork))


def _callback(ask: Ask) -> str:
    """Return where the session is reported; both parameters are required."""
    for name in ("IdempotencyKey", "StatusCallback"):
        if not ask.get(name):
            raise Refusal(20001, f"{name} is required")
    url = urljoin(ask.world.base_url, ask.get("StatusCallback"))
    if not is_absolute(url):
        raise Refusal(21609, url)
    return url


def _details(ask: Ask) -> Details:
    types = ask.get("ValidCardTypes", "visa mastercard amex").split()
    smallest = ask.get("MinPostalCodeLength", "5")
    return Details(
        ask.get("PaymentMethod", "credit-card"),
        ask.get("ChargeAmount"),
        ask.get("PostalCode", "true").lower(),
        ask.get("SecurityCode", "true").lower() == "true",
        number_in(smallest, 1, 100) or 5,
        frozenset(types),
        ask.world.clock.date().date(),
    )


def _shown(ask: Ask, fork: Payment) -> dict[str, Any]:
    return {
        "sid": fork.sid,
        "account_sid": ask.world.account,
        "call_sid": fork.call.sid,
        "date_created": representation.date(ask.world, fork.created),
        "date_updated": representation.date(ask.world, fork.updated),
        "uri": representation.path(ask.world, f"Calls/{fork.call.sid}/Payments/{fork.sid}.json"),
    }
