"""Sim inside Dial: a SIM card."""

from __future__ import annotations

from midcall_emulator.calls.dial_settings import DialParty
from midcall_emulator.twiml.document import Verb
from midcall_emulator.twiml.execution import Run
from midcall_emulator.twiml.nouns.noun import dial_target
from midcall_emulator.twiml.nouns.phone import phone_target
from midcall_emulator.twiml.performers import attributes


@dial_target("Sim", attributes())
def sim(run: Run, noun: Verb) -> DialParty | None:
    """Return the SIM card as a target."""
    return phone_target(run, noun, f"sim:{noun.text}" if noun.text else "")
