"""Stream inside Start: it sends audio to the app and plays none (https://www.twilio.com/docs/voice/twiml/stream)."""

from __future__ import annotations

from midcall_emulator.media.listeners import CallListener
from midcall_emulator.media.streams import Stream
from midcall_emulator.twiml.attributes.stream import socket_settings
from midcall_emulator.twiml.document import Verb
from midcall_emulator.twiml.execution import Run
from midcall_emulator.twiml.nouns.noun import start_noun


@start_noun("Stream", "Streams")
def stream(run: Run, noun: Verb) -> CallListener | None:
    """Return a unidirectional stream."""
    settings = socket_settings(run, noun, "inbound_track")
    return Stream(run.world, run.call, settings) if settings else None
