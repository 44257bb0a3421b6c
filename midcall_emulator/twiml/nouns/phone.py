"""Nouns of Dial that ring a phone: what Number, Client, Sip, Sim and WhatsApp have in common."""

from __future__ import annotations

from midcall_emulator.calls.dial_settings import DialParty
from midcall_emulator.core.call_record import Handlers
from midcall_emulator.twiml.attributes.machine_detection import machine_detection
from midcall_emulator.twiml.attributes.urls import optional_fetch, optional_url
from midcall_emulator.twiml.attributes.values import http_method, matching
from midcall_emulator.twiml.document import Verb
from midcall_emulator.twiml.execution import Run

LEG_ATTRIBUTES = "url method statusCallback statusCallbackMethod statusCallbackEvent"
_EVENTS = frozenset({"initiated", "ringing", "answered", "completed"})


def phone_target(run: Run, noun: Verb, address: str, invalid_code: int = 13223) -> DialParty | None:
    """Return the target for an address; None, with a warning, if the noun has no valid address."""
    if not address:
        run.warn(invalid_code, f"Dial: Invalid phone number format {noun.text!r}")
        return None
    digits = matching(run, noun, "sendDigits", "", "[0-9A-D*#wW]*")
    handlers = status_handlers(run, noun)
    whisper = optional_fetch(run, noun, "url", "method")
    return DialParty(address, handlers, whisper, digits, machine_detection(run, noun))


def status_handlers(run: Run, noun: Verb) -> Handlers:
    """Return the status callback of the leg; an unknown event is a warning (21626)."""
    url = optional_url(run, noun, "statusCallback")
    events = frozenset(noun.get("statusCallbackEvent", "completed").split())
    if events - _EVENTS:
        run.warn(21626, f"{noun.name}: Invalid statusCallbackEvent {', '.join(sorted(events - _EVENTS))}")
    method = http_method(run, noun, "statusCallbackMethod")
    return Handlers(status_callback=url, status_method=method, status_events=events)
