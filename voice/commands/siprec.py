"""Send a call to a SIPREC recorder."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from voice.control.base import Arguments
from voice.control.fork_command import ForkStart, ForkStop, Name, Pairs, Track, numbered
from voice.validation import Pattern


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

    name = "siprec_start"
    title = "Start SIPREC"
    kind, fork = "siprec", "siprec"
    Arguments = SiprecStartArguments

    def wanted(self) -> dict[str, Any]:
        """Connector, track, and the parameters as Twilio numbers them."""
        given = self.arguments
        return {"connector_name": given.connector, "track": given.track, **numbered(given.parameters)}


class SiprecStop(ForkStop):
    """The recorder gets the call no longer."""

    name = "siprec_stop"
    title = "Stop SIPREC"
    kind, fork = "siprec", "siprec"
