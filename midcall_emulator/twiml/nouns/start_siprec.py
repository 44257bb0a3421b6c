"""Siprec inside Start (https://www.twilio.com/docs/voice/twiml/siprec)."""

from __future__ import annotations

from midcall_emulator.media.listeners import CallListener
from midcall_emulator.media.siprec import Siprec, has_connector
from midcall_emulator.twiml.attributes.stream import stream_settings
from midcall_emulator.twiml.document import Verb
from midcall_emulator.twiml.execution import Run
from midcall_emulator.twiml.nouns.noun import start_noun


@start_noun("Siprec", "Siprec")
def siprec(run: Run, noun: Verb) -> CallListener | None:
    """Return a SIPREC session; None, with an error (31940), if the account has no such connector."""
    connector = noun.get("connectorName")
    if not has_connector(run.world, connector):
        run.world.log.error(run.call, 31940, f"Siprec: Invalid connectorName {connector!r}")
        return None
    return Siprec(run.world, run.call, stream_settings(run, noun, "both_tracks"))
