"""Send the audio of a call to a SIPREC recorder."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from voice.control.base import Arguments
from voice.control.fork_command import ForkFamily, ForkStart, ForkStop, Name, Parameters, Track, numbered
from voice.validation import Pattern

SIPREC = ForkFamily("siprec", "siprec", start="siprec_start", stop="siprec_stop")


class SiprecStartArguments(Arguments):
    """The connector of the Twilio account, the name of the session, the audio track, and parameters."""

    connector: Annotated[
        str,
        Pattern(r"[\w .-]{1,100}", "Enter the name of the SIPREC connector."),
        Field(title="Connector", examples=["Recorder"]),
    ]
    name: Name = None
    track: Track = "both_tracks"
    parameters: Parameters = {}


class SiprecStart(ForkStart):
    """A SIPREC recorder receives the call through a connector of the Twilio account."""

    name = SIPREC.start
    title = "Start SIPREC"
    family = SIPREC
    needs = ("siprec",)
    Arguments = SiprecStartArguments

    def attributes(self) -> dict[str, Any]:
        """Connector, track and numbered parameters."""
        given = self.arguments
        return {"connector_name": given.connector, "track": given.track, **numbered(given.parameters)}


class SiprecStop(ForkStop):
    """The recorder no longer receives the call."""

    name = SIPREC.stop
    title = "Stop SIPREC"
    family = SIPREC
    needs = ("siprec",)
