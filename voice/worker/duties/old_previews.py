"""Old previews: delete the previews of bulk runs whose token has expired."""

from __future__ import annotations

from voice.bulk.tokens import VALID_FOR
from voice.events import now
from voice.worker.duty import Duty


class OldPreviewsDuty(Duty):
    """Deletes previews that can no longer be started."""

    name = "old_previews"
    every_seconds = 60.0

    def run(self) -> None:
        """Delete the previews that expired a while ago."""
        self.services.registry.bulk.delete_previews(now() - 2 * VALID_FOR)
