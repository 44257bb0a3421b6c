"""Sip inside Dial (https://www.twilio.com/docs/voice/twiml/sip)."""

from __future__ import annotations

from midcall_emulator.calls.dial_settings import DialParty
from midcall_emulator.twiml.attributes.machine_detection import NAMES as MACHINE_DETECTION
from midcall_emulator.twiml.document import Verb
from midcall_emulator.twiml.execution import Run
from midcall_emulator.twiml.nouns.noun import dial_target
from midcall_emulator.twiml.nouns.phone import LEG_ATTRIBUTES, phone_target
from midcall_emulator.twiml.performers import attributes


@dial_target("Sip", attributes(f"{LEG_ATTRIBUTES} {MACHINE_DETECTION} username password", method=13241))
def sip(run: Run, noun: Verb) -> DialParty | None:
    """Return the first SIP address as a target; the noun may hold several in ``<Uri>``, and headers."""
    uris = [child.text for child in noun.children if child.name == "Uri"]
    address = uris[0] if uris else noun.text
    is_valid = address.startswith(("sip:", "sips:"))
    return phone_target(run, noun, address if is_valid else "", invalid_code=13243)
