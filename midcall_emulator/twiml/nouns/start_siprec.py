"""Siprec inside Start (https://www.twilio.com/docs/voice/twiml/siprec)."""

from __future__ import annotations

from midcall_emulator.media.listeners import CallListener
from midcall_emulator.media.siprec import Siprec
from midcall_emulator.twiml.attributes.stream import stream_settings
from midcall_emulator.twiml.document import Verb
from midcall_emulator.twiml.execution import Run
from midcall_emulator.twiml.nouns.noun import start_noun


@start_noun("Siprec", "Siprec")
def siprec(run: Run, noun: Verb) -> CallListener:
    """Return a SIPREC session."""
    return Siprec(run.world, run.call, stream_settings(run, noun, "both_tracks"))
