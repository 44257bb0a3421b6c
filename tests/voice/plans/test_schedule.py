"""The start time of a command: a time with a zone at most a year ahead, or a delay."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from freezegun import freeze_time

from voice.errors import ArgumentsRefused
from voice.plans.schedule import PlanChange, StartTime, split
from voice.validation import validate

NOW = datetime(2026, 3, 1, 16, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    """The time stands still."""
    with freeze_time(NOW):
        yield


def wrong(model: type[StartTime], **given: Any) -> list[tuple[str, str]]:
    """The refused fields with their messages."""
    with pytest.raises(ArgumentsRefused) as refused:
        validate(model, given)
    return [(one["field"], one["message"]) for one in refused.value.fields]


def iso(**after: float) -> str:
    """A time from now on, in text."""
    return (NOW + timedelta(**after)).isoformat()


def test_a_time_is_converted_to_utc_wherever_the_host_is(monkeypatch):
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    due_at = StartTime(at="2026-03-01T18:00:00+01:00").due
    monkeypatch.undo()
    time.tzset()
    assert (due_at, due_at.tzinfo) == (datetime(2026, 3, 1, 17, tzinfo=UTC), UTC)


def test_a_delay_stays_a_delay_until_it_is_stored():
    assert StartTime(after_seconds=90.5).due == timedelta(seconds=90.5)
    assert StartTime(after_seconds=0).due == timedelta(0)
    assert StartTime().due is None


@pytest.mark.parametrize("at", [iso(seconds=-60), iso(), iso(days=366)])
def test_a_time_may_lie_a_minute_back_and_a_year_ahead(at):
    assert StartTime(at=at).due == datetime.fromisoformat(at)


@pytest.mark.parametrize("at", [iso(seconds=-60.001), iso(days=366, seconds=1)])
def test_a_time_beyond_that_is_refused(at):
    ((field, message),) = wrong(StartTime, at=at)
    assert (field, "at most a year ahead" in message) == ("at", True)


@pytest.mark.parametrize(
    "at", ["2026-03-01T18:00:00", "18:00", "1772380800", 1772380800, "March", "2026-03-01", ["2026-"]]
)
def test_a_time_without_a_date_or_a_zone_is_refused(at):
    ((field, _),) = wrong(StartTime, at=at)
    assert field == "at"


def test_a_date_that_does_not_exist_in_utc_is_refused():
    ((field, message),) = wrong(StartTime, at="0001-01-01T00:00:00+14:00")
    assert (field, "exists in UTC" in message) == ("at", True)


@pytest.mark.parametrize("after", [-0.1, 366 * 86_400 + 0.1, float("nan"), float("inf"), "soon"])
def test_an_impossible_delay_is_refused(after):
    with pytest.raises(ArgumentsRefused):
        validate(StartTime, {"after_seconds": after})


def test_the_longest_delay_is_accepted():
    assert StartTime(after_seconds=366 * 86_400).due == timedelta(days=366)


def test_a_time_and_a_delay_exclude_each_other():
    ((field, message),) = wrong(StartTime, at=iso(), after_seconds=0)
    assert (field, "not both" in message) == ("", True)


def test_a_change_of_a_plan_needs_something_to_change():
    ((field, message),) = wrong(PlanChange)
    assert (field, "a time, a delay, or arguments" in message) == ("", True)
    assert PlanChange(after_seconds=0).due == timedelta(0)
    assert PlanChange(at=iso()).due == NOW
    assert PlanChange(arguments={}).arguments == {}
    ((field, message),) = wrong(PlanChange, at=iso(), after_seconds=0, arguments={})
    assert (field, "not both" in message) == ("", True)


def test_a_body_is_split_into_arguments_and_start_time():
    assert split({"scene": "menu"}) == ({"scene": "menu"}, None)
    arguments, start = split({"scene": "menu", "after_seconds": 5})
    assert (arguments, start.due) == ({"scene": "menu"}, timedelta(seconds=5))
    arguments, start = split({"at": iso()})
    assert (arguments, start.due) == ({}, NOW)


@pytest.mark.parametrize("body", [{"at": None}, {"after_seconds": None}, {"at": None, "after_seconds": None}])
def test_an_empty_start_time_is_refused_in_each_field(body):
    with pytest.raises(ArgumentsRefused) as refused:
        split({"scene": "menu", **body})
    assert refused.value.fields == [{"field": name, "message": "Enter a time."} for name in body]
