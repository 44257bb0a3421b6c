"""Parameters of an outgoing call: the two numbers, the status callback, the account's limit."""

from __future__ import annotations

from midcall_emulator.core.numbers import normalize_address
from midcall_emulator.rest.errors import RestError
from midcall_emulator.rest.operation import Request


def to_number(request: Request) -> str:
    """Return the number or address to call; RestError 21201 or 21211 if it is missing or invalid."""
    text = request.get("To")
    if not text:
        raise RestError(21201)
    to = normalize_address(text)
    if to is None or to == normalize_address(request.get("From")):
        raise RestError(21211, text)
    return to


def from_number(request: Request) -> str:
    """Return the number to call from, which the account must own; RestError if it is missing or invalid.

    Only a phone number can call a phone number.
    """
    text = request.get("From")
    if not text:
        raise RestError(21213)
    from_ = normalize_address(text)
    is_to_phone = (normalize_address(request.get("To")) or "").startswith("+")
    if from_ is None or (is_to_phone and not from_.startswith("+")):
        raise RestError(21212, text)
    if from_.startswith("+") and not request.world.numbers.find(from_):
        raise RestError(21210, from_)
    return from_


def check_concurrency(request: Request) -> None:
    """Raise RestError 10004 if the account has reached its limit of concurrent calls."""
    limit = request.world.switches.calls_at_once
    if limit and sum(not call.is_over for call in request.world.calls) >= limit:
        raise RestError(10004)
