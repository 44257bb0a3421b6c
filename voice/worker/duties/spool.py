"""Spool: record the events that web workers could not record."""

from __future__ import annotations

from voice.worker.duty import Duty


class SpoolDuty(Duty):
    """Drains the spool of this host."""

    name = "spool"

    def run(self) -> None:
        """Record what waits in the spool."""
        spool = self.services.recorder.spool
        if spool.waiting:
            spool.drain(self.services.registry.record)
