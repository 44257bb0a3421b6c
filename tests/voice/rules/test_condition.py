"""The condition of a rule: days, times in the configured zone, opening hours, and the match of calls."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from freezegun import freeze_time
from pydantic import ValidationError

from tests.support.clients import settings
from voice.config import Config, load
from voice.registry import CallMatch
from voice.rules.engine.condition import MAX_SECONDS, When


@pytest.fixture(scope="module")
def config() -> Config:
    """Opening hours and a zone that is an hour ahead of UTC in winter."""
    return load(settings(OPENING_HOURS="Mon-Fri 09:00-17:30", TIMEZONE="Europe/Berlin"), dotenv=None)


def at(text: str) -> datetime:
    """A time on Monday, the second of March 2026, or another day, in UTC."""
    return datetime.fromisoformat(text if "T" in text else f"2026-03-02T{text}").replace(tzinfo=UTC)


def test_no_condition_holds_at_any_time(config):
    assert When().is_now(config, at("03:00"))


@pytest.mark.parametrize(
    ("between", "moment", "holds"),
    [
        ("09:00-17:00", "07:59", False),
        ("09:00-17:00", "08:00", True),
        ("09:00-17:00", "15:59:59", True),
        ("09:00-17:00", "16:00", False),
        ("22:00-06:00", "20:59:59", False),
        ("22:00-06:00", "21:00", True),
        ("22:00-06:00", "23:30", True),
        ("22:00-06:00", "04:59:59", True),
        ("22:00-06:00", "05:00", False),
        ("22:00-06:00", "12:00", False),
        ("00:00-00:01", "23:00", True),
        ("00:00-00:01", "23:01", False),
    ],
)
def test_a_time_range_is_in_the_configured_zone_and_excludes_its_end(config, between, moment, holds):
    assert When(between=between).is_now(config, at(moment)) is holds


@pytest.mark.parametrize(
    ("weekdays", "moment", "holds"),
    [
        (["mon"], "12:00", True),
        (["tue"], "12:00", False),
        (["tue"], "23:00", True),  # midnight in the configured zone
        (["mon"], "23:00", False),
        (["sat", "sun"], "12:00", False),
        (["sat", "sun"], "2026-03-01T12:00", True),
        (["sun"], "2026-03-01T22:59", True),
    ],
)
def test_weekdays_are_those_of_the_configured_zone(config, weekdays, moment, holds):
    assert When(weekdays=weekdays).is_now(config, at(moment)) is holds


@pytest.mark.parametrize(
    ("moment", "is_open"), [("12:00", True), ("18:00", False), ("07:59", False), ("08:00", True)]
)
def test_opening_hours_count_in_both_directions(config, moment, is_open):
    with freeze_time(at(moment)):
        assert When(open=True).is_now(config, at(moment)) is is_open
        assert When(open=False).is_now(config, at(moment)) is not is_open


@pytest.mark.parametrize(
    "other",
    [
        {"weekdays": ["tue"]},
        {"between": "00:00-01:00"},
        {"open": False},
        {"weekdays": ["tue"], "open": False},
    ],
)
def test_all_conditions_on_the_time_must_hold(config, other):
    given: dict[str, Any] = {"weekdays": ["mon"], "between": "12:00-14:00", "open": True}
    with freeze_time(at("12:00")):
        assert When(**given).is_now(config, at("12:00"))
        assert not When(**{**given, **other}).is_now(config, at("12:00"))


def test_the_registry_gets_the_conditions_on_the_call():
    when = When(
        **{"from": "+49*"}, to="+1415", direction="outbound", scene=["menu", "hold"], lasted_seconds=60,
        waited_seconds=30,
    )  # fmt: skip
    assert when.match == CallMatch("+49*", "+1415", "outbound", ("menu", "hold"), 60, 30)
    assert When().match == CallMatch()


@pytest.mark.parametrize(
    "wrong",
    [
        {"between": "10:00-10:00"}, {"between": "24:00-01:00"}, {"between": "10:60-11:00"}, {"between": "10:00"},
        {"between": " 10:00-11:00"}, {"weekdays": ["monday"]}, {"weekdays": ["mon"] * 8}, {"direction": "both"},
        {"from": ""}, {"from": "+1 2"}, {"from": "+" * 256}, {"lasted_seconds": -1},
        {"waited_seconds": MAX_SECONDS + 1}, {"scene": ["menu"] * 51}, {"caller": "+1"},
    ],
)  # fmt: skip
def test_a_condition_that_can_never_hold_or_is_unknown_is_refused(wrong):
    with pytest.raises(ValidationError):
        When(**wrong)


def test_the_bounds_of_a_condition_are_accepted():
    assert When(lasted_seconds=0, waited_seconds=MAX_SECONDS).lasted_seconds == 0
    assert When(between="23:59-00:00", **{"from": "+" * 255}, weekdays=["mon"] * 7, scene=["menu"] * 50)
