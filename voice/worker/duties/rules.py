"""Rules: apply enabled rules to the calls that match."""

from __future__ import annotations

from voice.rules.engine.application import RuleApplication
from voice.worker.duty import Duty


class RulesDuty(Duty):
    """Applies rules."""

    name = "rules"

    def run(self) -> None:
        """Apply each enabled rule to the calls that match now."""
        RuleApplication(self.services).run()
