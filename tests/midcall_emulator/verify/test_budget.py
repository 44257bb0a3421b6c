"""The bounds of a run: cost and time."""

from __future__ import annotations

from dataclasses import replace

import pytest

from midcall_emulator.verify.budget import Budget, duration, has_time
from midcall_emulator.verify.catalogue import scenarios

ONE = replace(scenarios()[0], calls=2, seconds=20)


def test_calls_cost_started_minutes() -> None:
    budget = Budget(2.0, usd_per_minute=0.1)
    assert budget.estimate([ONE, replace(ONE, calls=1, seconds=70)]) == pytest.approx(0.2 + 0.2)
    budget.spend(2, 61)
    budget.spend(1, 500)  # no call is longer than two minutes
    assert budget.spent_usd == pytest.approx(0.4 + 0.2)


def test_a_scenario_is_allowed_if_its_longest_calls_stay_in_the_bound() -> None:
    budget = Budget(1.0, usd_per_minute=0.1, spent_usd=0.6)
    assert budget.allows(ONE)
    budget.spend(1, 1)
    assert not budget.allows(ONE)


def test_no_scenario_starts_that_could_last_longer_than_45_minutes() -> None:
    assert [has_time(seconds) for seconds in (0, 42 * 60, 43 * 60, 45 * 60)] == [True, True, False, False]


def test_a_whole_run_stays_in_its_usual_bounds() -> None:
    assert Budget(2.0).estimate(scenarios()) < 1.9
    assert has_time(duration(scenarios()))
