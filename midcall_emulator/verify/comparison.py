"""The comparison of one answer of Twilio with the emulator's."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from midcall_emulator.switches import values_of
from midcall_emulator.verify.evidence import without_private_data
from midcall_emulator.verify.scenario import Scenario, Value


@dataclass(frozen=True, slots=True)
class Finding:
    """One row of the result. Without an answer, ``twilio`` is None and ``note`` says why."""

    scenario: Scenario
    emulator: tuple[Value, ...]
    twilio: Value | None = None
    note: str = ""
    evidence: list[str] = field(default_factory=list)

    @property
    def verdict(self) -> str:
        """``same``, ``differs``, or ``no answer``."""
        if self.twilio is None:
            return "no answer"
        return "same" if self._is_same(self.twilio) else "differs"

    def _is_same(self, twilio: Value) -> bool:
        """Return whether the answer is the emulator's; with two switches, whether it lies between their values."""
        if isinstance(twilio, bool | str) or isinstance(self.emulator[0], bool | str):
            return twilio == self.emulator[0]
        least, most = float(self.emulator[0]), float(self.emulator[-1])
        return least - self.scenario.tolerance <= twilio <= most + self.scenario.tolerance

    def as_dict(self) -> dict[str, Any]:
        """Return the row for the JSON file."""
        return {
            "scenario": self.scenario.name,
            "question": self.scenario.question,
            "switches": list(self.scenario.switches),
            "twilio": self.twilio,
            "emulator": self.emulator[0] if len(self.emulator) == 1 else list(self.emulator),
            "unit": self.scenario.unit,
            "verdict": self.verdict,
            "note": without_private_data(self.note),
            "evidence": [without_private_data(line) for line in self.evidence],
        }


def emulator_values(scenario: Scenario, named_set: str) -> tuple[Value, ...]:
    """Return what the emulator does with a named set of switches."""
    if not scenario.switches:
        assert scenario.emulator is not None
        return (scenario.emulator,)
    values = values_of(named_set)
    return tuple(values[name] for name in scenario.switches)
