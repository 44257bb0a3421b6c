"""Read-back: settle accepted commands that no webhook confirms, from Twilio's own log."""

from __future__ import annotations

from voice.control.confirmation import Confirmer
from voice.worker.duty import Duty


class ReadBackDuty(Duty):
    """Settles accepted commands."""

    name = "read_back"

    def run(self) -> None:
        """Settle the accepted commands that are due."""
        Confirmer(self.services).read_back()
