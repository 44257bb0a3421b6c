"""SIPREC sessions: started, stopped and reported; no recorder is called (https://www.twilio.com/docs/voice/twiml/siprec)."""

from __future__ import annotations

from midcall_emulator.core.call_record import Call
from midcall_emulator.media.forks import ForkWorld
from midcall_emulator.media.reported import Reported, StreamSettings


class Siprec(Reported):
    """A session of which nothing is to be heard here but its callbacks."""

    resource, kind, word = "Siprec", "siprec", "Siprec"

    def __init__(self, world: ForkWorld, call: Call, terms: StreamSettings) -> None:
        super().__init__(world, call, "SR", terms)

    def start(self) -> None:
        """Begin, and say so."""
        super().start()
        self.report("started")

    def stopped(self) -> None:
        """Say that it is over."""
        self.report("stopped")
