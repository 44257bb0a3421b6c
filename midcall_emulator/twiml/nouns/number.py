"""Number inside Dial (https://www.twilio.com/docs/voice/twiml/number)."""

from __future__ import annotations

from midcall_emulator.calls.dial_settings import DialParty
from midcall_emulator.core.numbers import normalize_address
from midcall_emulator.twiml.attributes.machine_detection import NAMES as MACHINE_DETECTION
from midcall_emulator.twiml.document import Verb
from midcall_emulator.twiml.execution import Run
from midcall_emulator.twiml.nouns.noun import dial_target
from midcall_emulator.twiml.nouns.phone import LEG_ATTRIBUTES, phone_target
from midcall_emulator.twiml.performers import attributes


@dial_target(
    "Number", attributes(f"{LEG_ATTRIBUTES} {MACHINE_DETECTION} byoc", method=13221, sendDigits=13222)
)
def number(run: Run, noun: Verb) -> DialParty | None:
    """Return the phone number as a target."""
    return phone_target(run, noun, normalize_address(noun.text) or "")
