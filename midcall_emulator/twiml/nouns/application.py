"""Application inside Dial: a TwiML application (https://www.twilio.com/docs/voice/twiml/dial/application)."""

from __future__ import annotations

from dataclasses import replace

from midcall_emulator.calls.dial_settings import DialParty
from midcall_emulator.twiml.attributes.parameters import custom_parameters
from midcall_emulator.twiml.attributes.values import boolean
from midcall_emulator.twiml.document import Verb
from midcall_emulator.twiml.execution import Run
from midcall_emulator.twiml.nouns.noun import dial_target
from midcall_emulator.twiml.nouns.phone import LEG_ATTRIBUTES, status_handlers
from midcall_emulator.twiml.performers import attributes

LONGEST_CUSTOMER_ID = 256


@dial_target("Application", attributes(f"{LEG_ATTRIBUTES} customerId copyParentTo"))
def application(run: Run, noun: Verb) -> DialParty | None:
    """Return the application as a target; None, with a warning (21218), if it has no voice URL."""
    sid = next((child.text for child in noun.children if child.name == "ApplicationSid"), noun.text)
    found = run.world.applications.get(sid)
    first = found.voice.source() if found else None
    if found is None or first is None:
        run.warn(21218, f"Dial: there is no TwiML app {sid!r} with a voice URL")
        return None
    params = {f"Param_{name}": value for name, value in custom_parameters(noun).items()}
    params["CustomerId"] = noun.get("customerId")[:LONGEST_CUSTOMER_ID] or run.world.account
    handlers = status_handlers(run, noun) if noun.get("statusCallback") else found.voice.handlers()
    handlers.fallback_url, handlers.fallback_method = found.voice.fallback_url, found.voice.fallback_method
    to = run.call.to if boolean(run, noun, "copyParentTo") else sid
    return DialParty(to, handlers, app=replace(first, params=params), application_sid=sid)
