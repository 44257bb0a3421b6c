"""WhatsApp inside Dial (https://www.twilio.com/docs/voice/twiml/whatsapp)."""

from __future__ import annotations

from midcall_emulator.calls.dial_settings import DialParty
from midcall_emulator.core.numbers import normalize_address
from midcall_emulator.twiml.document import Verb
from midcall_emulator.twiml.execution import Run
from midcall_emulator.twiml.nouns.noun import dial_target
from midcall_emulator.twiml.nouns.phone import LEG_ATTRIBUTES, phone_target
from midcall_emulator.twiml.performers import attributes


@dial_target("WhatsApp", attributes(LEG_ATTRIBUTES))
def whatsapp(run: Run, noun: Verb) -> DialParty | None:
    """Return the WhatsApp number as a target."""
    number = normalize_address(noun.text.removeprefix("whatsapp:"))
    return phone_target(run, noun, f"whatsapp:{number}" if number else "")
