"""Single values: URLs, methods, numbers of seconds, flags, TwiML."""

from __future__ import annotations

from urllib.parse import urlsplit

from midcall_emulator.core.digits import number_in
from midcall_emulator.rest.errors import RestError
from midcall_emulator.rest.operation import Request
from midcall_emulator.wire.urls import is_http_url

_LONGEST_TWIML = 4000
_LONGEST_CALLBACK_URL = 4000


def url(request: Request, name: str, code: int) -> str:
    """Return an absolute http or https URL, or "" if it is missing; ``code`` is the error for another value."""
    text = request.get(name).strip()
    if text and not is_http_url(text):
        raise RestError(code, text)
    return text


def callback_url(request: Request, name: str = "StatusCallback") -> str:
    """Return the URL of a status callback. An underscore in the host name or a too long URL is an error (21609)."""
    text = url(request, name, 21609)
    if text and ("_" in (urlsplit(text).hostname or "") or len(text) > _LONGEST_CALLBACK_URL):
        raise RestError(21609, text)
    return text


def method(request: Request, name: str, default: str = "POST") -> str:
    """Return GET or POST; RestError 21209 for another value."""
    text = request.get(name, default).upper()
    if text not in ("GET", "POST"):
        raise RestError(21209, text)
    return text


def seconds(
    request: Request, name: str, default: float, code: int, high: float = 86400, low: float = 1
) -> float:
    """Return a whole number of seconds between ``low`` and ``high``; ``code`` is the error for another value."""
    text = request.get(name)
    if not text:
        return default
    number = number_in(text, int(low), int(high))
    if number is None:
        raise RestError(code, text)
    return float(number)


def time_limit(request: Request, default: float) -> float:
    """Return ``TimeLimit`` in seconds, within the bounds of the switches."""
    switches = request.world.switches
    high, low = switches.most_call_seconds, switches.least_call_seconds
    return seconds(request, "TimeLimit", default, 20001, high, low)


def events(request: Request, name: str, default: str) -> frozenset[str]:
    """Return the events in a list that is separated with spaces, as for participants and recordings
    (https://www.twilio.com/docs/voice/api/conference-participant-resource).

    Of a repeated parameter, only the first value counts, unless a switch allows both forms.
    """
    found = request.get_all(name, default)
    if request.world.switches.event_lists == "documented":
        found = found[:1]
    return frozenset(" ".join(found).split() or default.split())


def flag(request: Request, name: str, default: bool = False) -> bool:
    """Return a boolean. Every value except ``true`` is false."""
    return request.get(name, str(default)).lower() == "true"


def twiml(request: Request) -> str:
    """Return the inline TwiML, or ""; RestError 32018 if it is too long."""
    text = request.get("Twiml")
    if len(text) > _LONGEST_TWIML:
        raise RestError(32018)
    return text
