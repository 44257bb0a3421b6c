"""SIPREC sessions: their callbacks only; no recorder is called (https://www.twilio.com/docs/voice/twiml/siprec)."""

from __future__ import annotations

from midcall_emulator.core.call_record import Call
from midcall_emulator.media.listeners import ListenerWorld
from midcall_emulator.media.media_session import MediaSession, StreamSettings
from midcall_emulator.switches import HasSwitches


def has_connector(world: HasSwitches, name: str) -> bool:
    """Return whether the account has a connector of this name (https://www.twilio.com/docs/api/errors/31940)."""
    known = world.switches.siprec_connectors.split()
    return name in known or "*" in known


class Siprec(MediaSession):
    """A SIPREC session, which reports its start and its end."""

    resource, kind, prefix = "Siprec", "siprec", "Siprec"

    def __init__(self, world: ListenerWorld, call: Call, settings: StreamSettings) -> None:
        super().__init__(world, call, "SR", settings)

    def start(self) -> None:
        """Start the session and report that."""
        super().start()
        self.report("started")

    def on_stop(self) -> None:
        """Report the end."""
        self.report("stopped")
