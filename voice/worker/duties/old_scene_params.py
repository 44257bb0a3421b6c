"""Old scene parameters: delete texts to which no call can return."""

from __future__ import annotations

from datetime import timedelta

from voice.events import now
from voice.worker.duty import Duty

KEPT = timedelta(days=3)  # a call lasts a day at most


class OldSceneParamsDuty(Duty):
    """Deletes the stored texts of scenes after the end of every call that could use them."""

    name = "old_scene_params"
    every_seconds = 600.0

    def run(self) -> None:
        """Delete texts that no command has stored for a while."""
        self.services.registry.scene_params.delete_unused(now() - KEPT)
