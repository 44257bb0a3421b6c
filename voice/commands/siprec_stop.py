"""Stop a SIPREC session."""

from __future__ import annotations

from voice.commands.forks import ForkStop


class SiprecStop(ForkStop):
    """The recorder gets the call no longer."""

    name = "siprec_stop"
    title = "Stop SIPREC"
    kind, fork = "siprec", "siprec"
