"""Plans: run the commands that are due."""

from __future__ import annotations

from voice.plans.due import DuePlans
from voice.worker.duty import Duty


class PlansDuty(Duty):
    """Runs due plans."""

    name = "plans"

    def run(self) -> None:
        """Run the plans that are due."""
        DuePlans(self.services).run()
