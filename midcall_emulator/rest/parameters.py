"""Checks that several operations make on their parameters; each refuses with Twilio's code."""

from __future__ import annotations

from urllib.parse import urlsplit

from midcall_emulator.core.call_record import Call, Handlers
from midcall_emulator.core.digits import number_in
from midcall_emulator.core.sids import BySid, Resource
from midcall_emulator.rest import Ask
from midcall_emulator.rest.errors import Refusal
from midcall_emulator.wire.webhooks import is_absolute

LONGEST_TWIML = 4000


def call_of(ask: Ask) -> Call:
    """Return the call in the path, or refuse with 20404."""
    return found(ask, ask.world.calls, "call_sid")


def room_for_a_call(ask: Ask) -> None:
    """Refuse (10004) a call more than the account may have at the same time."""
    most = ask.world.switches.calls_at_once
    if most and sum(not call.is_over for call in ask.world.calls) >= most:
        raise Refusal(10004)


def found(ask: Ask, known: BySid[Resource], name: str) -> Resource:
    """Return what the id of this name in the path stands for, or refuse with 20404."""
    item = known.get(ask.ids[name])
    if item is None:
        raise Refusal(20404, ask.path)
    return item


def url(ask: Ask, name: str, code: int) -> str:
    """Return an absolute http(s) URL, "" where it is not given, or refuse with ``code``."""
    text = ask.get(name).strip()
    if text and not is_absolute(text):
        raise Refusal(code, text)
    return text


def method(ask: Ask, name: str, default: str = "POST") -> str:
    """Return GET or POST, or refuse with 21209."""
    text = ask.get(name, default).upper()
    if text not in ("GET", "POST"):
        raise Refusal(21209, text)
    return text


def twiml(ask: Ask) -> str:
    """Return the TwiML that was given, "" for none, or refuse with 32018 if it is too long."""
    text = ask.get("Twiml")
    if len(text) > LONGEST_TWIML:
        raise Refusal(32018)
    return text


def seconds(ask: Ask, name: str, default: float, code: int, high: float = 86400, low: float = 1) -> float:
    """Return a whole number of seconds between the bounds, or refuse."""
    text = ask.get(name)
    if not text:
        return default
    number = number_in(text, int(low), int(high))
    if number is None:
        raise Refusal(code, text)
    return float(number)


def callback_url(ask: Ask, name: str = "StatusCallback") -> str:
    """Return a status callback's URL; 21609 also for a host name with an underscore or more than 4000 characters."""
    text = url(ask, name, 21609)
    if text and ("_" in (urlsplit(text).hostname or "") or len(text) > 4000):
        raise Refusal(21609, text)
    return text


def replaced_handlers(ask: Ask, handlers: Handlers) -> Handlers:
    """Return the handlers of a call after an update: what is given replaces what there was."""
    keeps = ask.world.switches.previous_fallback_after_update or not ask.get("Url")
    kept = handlers.fallback_url if keeps else ""
    return Handlers(
        url(ask, "FallbackUrl", 21205) or kept,
        method(ask, "FallbackMethod", handlers.fallback_method),
        callback_url(ask) or handlers.status_callback,
        method(ask, "StatusCallbackMethod", handlers.status_method),
        handlers.status_events,
    )
