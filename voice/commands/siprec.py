"""Send a call to a SIPREC recorder."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from voice.control.base import Arguments
from voice.control.fork_command import ForkFamily, ForkStart, ForkStop, Name, Pairs, Track, numbered
from voice.validation import Pattern

SIPREC = ForkFamily("siprec", "siprec", start="siprec_start", stop="siprec_stop")


class SiprecStartArguments(Arguments):
    """Which connector of the Twilio account, under which name, whose voice, and what goes with it."""

    connector: Annotated[
        str,
        Pattern(r"[\w .-]{1,100}", "Enter the name of the SIPREC connector."),
        Field(title="Connector"),
    ]
    name: Name = None
    track: Track = "both_tracks"
    parameters: Pairs = {}


class SiprecStart(ForkStart):
    """A SIPREC session with a connector that is installed in the Twilio account."""

    name = SIPREC.start
    title = "Start SIPREC"
    family = SIPREC
    Arguments = SiprecStartArguments

    def wanted(self) -> dict[str, Any]:
        """Connector, track, and the parameters as Twilio numbers them."""
        given = self.arguments
        return {"connector_name": given.connector, "track": given.track, **numbered(given.parameters)}


class SiprecStop(ForkStop):
    """The recorder gets the call no longer."""

    name = SIPREC.stop
    title = "Stop SIPREC"
    family = SIPREC
