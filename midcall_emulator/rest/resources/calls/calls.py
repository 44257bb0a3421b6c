"""Calls: placed, fetched, changed while they run, deleted (https://www.twilio.com/docs/voice/api/call-resource)."""

from __future__ import annotations

import math
import re

from midcall_emulator.calls.placement import Order
from midcall_emulator.core.call_record import Call, Handlers
from midcall_emulator.core.numbers import normalised
from midcall_emulator.core.outcomes import Fetch, Inline, Source
from midcall_emulator.core.voice_settings import VoiceSettings
from midcall_emulator.rest import Answer, Ask, operation, parameters, representation
from midcall_emulator.rest.errors import Refusal
from midcall_emulator.rest.machine_detection import detection_of
from midcall_emulator.rest.resources.calls.recordings import terms_of

_EVENTS = frozenset({"initiated", "ringing", "answered", "completed"})
_CALLBACKS = ("FallbackUrl", "FallbackMethod", "StatusCallback", "StatusCallbackMethod")
_CHANGES = ("Url", "Twiml", "Status", "TimeLimit", *_CALLBACKS)
_DIGITS = re.compile(r"[0-9A-D#*wW]{0,32}")


@operation("POST", "/Calls.json")
def create(ask: Ask) -> Answer:
    """Place a call; 201 with the queued call."""
    to, from_ = callee(ask), caller(ask)
    voice = _application(ask)
    source = voice.source() if voice else _source(ask)
    if source is None:
        raise Refusal(21205)
    digits = ask.get("SendDigits")
    if not _DIGITS.fullmatch(digits):
        raise Refusal(21206, digits)
    parameters.room_for_a_call(ask)
    order = Order(
        from_,
        to,
        source,
        voice.handlers() if voice else _handlers(ask),
        min(600, parameters.seconds(ask, "Timeout", 60, 21208, 10**6)),
        parameters.seconds(ask, "TimeLimit", 14400, 20001),
        digits,
        terms_of(ask, "OutboundAPI") if ask.get("Record").lower() == "true" else None,
        ask.get("ApplicationSid"),
        detection_of(ask, "AsyncAmdStatusCallback"),
    )
    call = ask.world.placement.outgoing(order)
    _warn(ask, call)
    return Answer(201, representation.call(ask.world, call))


@operation("GET", "/Calls/{call_sid}.json")
def fetch(ask: Ask) -> Answer:
    """Return the call as REST knows it."""
    return Answer(200, representation.call(ask.world, parameters.call_of(ask)))


@operation("POST", "/Calls/{call_sid}.json")
def update(ask: Ask) -> Answer:
    """Change a live call: 200 with the call as it is stored, before anything new has been fetched."""
    call = parameters.call_of(ask)
    status = ask.get("Status")
    if status and status not in ("canceled", "completed"):
        raise Refusal(20001, f"Status={status}")
    source = _new_source(ask)
    limit = parameters.seconds(ask, "TimeLimit", 0, 20001)
    handlers = parameters.replaced_handlers(ask, call.handlers)
    if call.is_over and any(ask.get(name) for name in _CHANGES):
        raise Refusal(21220)
    if source and not status and representation.shown_status(ask.world, call) != "in-progress":
        raise Refusal(21220)
    call.handlers = handlers
    if limit:
        ask.world.lifecycle.limit(call, limit)
    if status:
        _end(ask, call, status)
    elif source:
        ask.world.placement.redirect(call, source)
    return Answer(200, representation.call(ask.world, call))


@operation("DELETE", "/Calls/{call_sid}.json")
def delete(ask: Ask) -> Answer:
    """Delete the record of a call; 20009 for a live one, and one that has only just ended, which Twilio still
    finalises: it says to wait a minute (https://www.twilio.com/docs/api/errors/20009)."""
    call = parameters.call_of(ask)
    since = ask.world.clock.now() - (call.ended if call.ended is not None else math.inf)
    if since < ask.world.switches.finalising_seconds:
        raise Refusal(20009)
    ask.world.calls.remove(call.sid)
    return Answer(204)


def _end(ask: Ask, call: Call, status: str) -> None:
    """Hang up: ``canceled`` does nothing to a call in progress, ``completed`` ends any."""
    if call.answered is None:
        ask.world.lifecycle.end(
            call, ask.world.switches.cancel_by_completed if status == "completed" else "canceled"
        )
    elif status == "completed":
        ask.world.lifecycle.end(call, "completed")


def _source(ask: Ask) -> Source | None:
    """Return the document of a new call: ``Url`` wins over ``Twiml``."""
    text, url = parameters.twiml(ask), parameters.url(ask, "Url", 21205)
    if url:
        return Fetch(url, parameters.method(ask, "Method"))
    return Inline(text) if text else None


def _application(ask: Ask) -> VoiceSettings | None:
    """Return the settings of the TwiML app that a new call goes by, or refuse with 21218."""
    sid = ask.get("ApplicationSid")
    found = ask.world.applications.get(sid) if sid else None
    if sid and (found is None or not found.voice.url):
        raise Refusal(21218, sid)
    return found.voice if found else None


def _new_source(ask: Ask) -> Source | None:
    if ask.get("Url") and ask.get("Twiml") and ask.world.switches.update_url_and_twiml != "url-wins":
        raise Refusal(32019)
    return _source(ask) if ask.get("Url") or ask.get("Twiml") else None


def callee(ask: Ask) -> str:
    """Return who is to be called, or refuse."""
    text = ask.get("To")
    if not text:
        raise Refusal(21201)
    to = normalised(text)
    if to is None or to == normalised(ask.get("From")):
        raise Refusal(21211, text)
    return to


def caller(ask: Ask) -> str:
    """Return the number to call from, which must be the account's, or refuse. Only a phone can call a phone."""
    text = ask.get("From")
    if not text:
        raise Refusal(21213)
    from_ = normalised(text)
    if from_ is None or (not from_.startswith("+") and (normalised(ask.get("To")) or "").startswith("+")):
        raise Refusal(21212, text)
    if from_.startswith("+") and not ask.world.numbers.owned(from_):
        raise Refusal(21210, from_)
    return from_


def _handlers(ask: Ask) -> Handlers:
    events = frozenset(ask.params.getall("StatusCallbackEvent", ["completed"]))
    return Handlers(
        parameters.url(ask, "FallbackUrl", 21205),
        parameters.method(ask, "FallbackMethod"),
        parameters.callback_url(ask),
        parameters.method(ask, "StatusCallbackMethod"),
        events & _EVENTS,
    )


def _warn(ask: Ask, call: Call) -> None:
    """Note what was accepted and will not do what it may have been meant to do."""
    if ask.get("Url") and ask.get("Twiml"):
        ask.world.log.warning(call, 32019, "Both Url and Twiml were given; Url is used")
    bad = set(ask.params.getall("StatusCallbackEvent", [])) - _EVENTS
    if bad:
        ask.world.log.warning(call, 21626, f"Invalid StatusCallbackEvent: {', '.join(sorted(bad))}")
