"""Old nonces: delete the nonces of writes that are over."""

from __future__ import annotations

from voice.registry.engine.once import delete_old_nonces
from voice.worker.duty import Duty


class OldNoncesDuty(Duty):
    """Deletes nonces that no attempt of a write looks for any longer."""

    name = "old_nonces"
    every_seconds = 60.0

    def run(self) -> None:
        """Delete them."""
        self.services.registry.database.write(delete_old_nonces)
