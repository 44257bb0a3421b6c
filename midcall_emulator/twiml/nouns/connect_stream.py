"""Stream inside Connect: a bidirectional stream (https://www.twilio.com/docs/voice/twiml/stream)."""

from __future__ import annotations

from midcall_emulator.media.streams import Stream
from midcall_emulator.twiml.attributes.stream import socket_settings
from midcall_emulator.twiml.document import Verb
from midcall_emulator.twiml.execution import Run
from midcall_emulator.twiml.nouns.noun import Session, connect_noun


@connect_noun("Stream")
def stream(run: Run, noun: Verb) -> Session | None:
    """Return a bidirectional stream; None, with a warning (31941), for another track than the inbound one."""
    settings = socket_settings(run, noun, "inbound_track")
    if settings is None:
        return None
    if settings.track != "inbound_track":
        run.warn(31941, "Connect: a Stream takes the inbound_track only", settings.url)
        return None
    return Stream(run.world, run.call, settings, bidirectional=True)
