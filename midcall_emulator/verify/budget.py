"""What a run costs: the estimate, and a bound that no scenario may exceed."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from midcall_emulator.verify.call_documents import LONGEST_CALL_SECONDS
from midcall_emulator.verify.scenario import Scenario

USD_PER_MINUTE = 0.03
"""One minute of one number calling the other in the US: 0.013 for the outgoing and 0.0085 for the incoming call
(https://support.twilio.com/hc/en-us/articles/223183328); the rest is for recordings, conferences and later prices."""

LONGEST_RUN_SECONDS = 45 * 60
_SETUP_SECONDS = 8  # ringing and cleaning up
_LONGEST_SCENARIO_SECONDS = LONGEST_CALL_SECONDS + 30


@dataclass
class Budget:
    """The bound of a run, and what has been spent of it. Twilio charges each call by the started minute."""

    most_usd: float
    usd_per_minute: float = USD_PER_MINUTE
    spent_usd: float = 0.0

    def estimate(self, scenarios: Iterable[Scenario]) -> float:
        """Return what scenarios usually cost."""
        return sum(self._price(item.calls, item.seconds + _SETUP_SECONDS) for item in scenarios)

    def allows(self, scenario: Scenario) -> bool:
        """Return whether a scenario stays in the bound, even if all its calls last as long as they can."""
        return self.spent_usd + self._price(scenario.calls, LONGEST_CALL_SECONDS) <= self.most_usd

    def spend(self, calls: int, seconds: float) -> None:
        """Add calls that lasted so long, at most."""
        self.spent_usd += self._price(calls, min(seconds, LONGEST_CALL_SECONDS))

    def _price(self, calls: int, seconds: float) -> float:
        return calls * math.ceil(seconds / 60) * self.usd_per_minute


def duration(scenarios: Iterable[Scenario]) -> float:
    """Return the usual seconds of a run."""
    return sum(item.seconds + _SETUP_SECONDS for item in scenarios)


def has_time(seconds: float) -> bool:
    """Return whether one more scenario fits into a run that has lasted so long."""
    return seconds + _LONGEST_SCENARIO_SECONDS <= LONGEST_RUN_SECONDS
