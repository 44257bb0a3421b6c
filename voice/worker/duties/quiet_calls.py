"""Quiet calls: ask Twilio about live calls without news, because the report of their end may be lost."""

from __future__ import annotations

import logging
from functools import partial

from voice.control.live_update import look_up
from voice.errors import CallNotFound
from voice.worker.duty import Duty, run_logged

log = logging.getLogger(__name__)


class QuietCallsDuty(Duty):
    """Corrects the registry with Twilio's answer. It never guesses."""

    name = "quiet_calls"

    def run(self) -> None:
        """Ask Twilio about each call that was quiet for SWEEP_AFTER_SECONDS."""
        quiet_seconds = self.services.config["SWEEP_AFTER_SECONDS"]
        for call_sid in self.services.registry.calls.claim_quiet(quiet_seconds):
            run_logged(partial(self._ask_about, call_sid))

    def _ask_about(self, call_sid: str) -> None:
        try:
            look_up(self.services, call_sid, "sweep.corrected")
        except CallNotFound:
            log.info("Twilio does not know the call %s. It is recorded as ended.", call_sid)
