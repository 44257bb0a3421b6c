"""Commands that are planned from a form, and the page of what is going to happen."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from tests.voice.web.signing_in import Browser
from voice.events import now
from voice.registry import PlanQuery


@pytest.fixture
def call_sid(twilio):
    return twilio.calls()


@pytest.fixture
def bob(app, people) -> Browser:
    """A browser in which an operator has signed in."""
    browser = Browser(app)
    browser.sign_in("operator")
    return browser


def plan(browser, call_sid, **fields):
    sent = {"text": "Hello", **{f"later.{name}": value for name, value in fields.items()}}
    return browser.post(f"/console/calls/{call_sid}/say", sent)


def planned(registry):
    return registry.plans.find(PlanQuery())[0][0]


def test_a_command_is_planned_in_so_many_minutes(bob, call_sid, registry):
    assert plan(bob, call_sid, after="5", unit="minutes").status_code == 303
    one = planned(registry)
    assert (one.command, one.call_sid, one.operator) == ("say", call_sid, "operator")
    assert timedelta(minutes=4) < one.due_at - now() <= timedelta(minutes=5)


@pytest.mark.parametrize(
    ("zone", "hour"), [("Europe/Berlin", 11), ("", 13), ("Nowhere/At_all", 13), ("../x", 13)]
)
def test_a_moment_is_in_the_zone_of_the_viewer_or_of_the_settings(bob, call_sid, registry, zone, hour):
    july = datetime(now().year + (now().month > 6), 7, 1, tzinfo=UTC)
    plan(bob, call_sid, at=f"{july:%Y-%m-%d}T13:00", zone=zone)
    assert planned(registry).due_at == july.replace(hour=hour)


@pytest.mark.parametrize(
    "fields", [{"after": "soon"}, {"at": "2001-01-01T10:00"}, {"after": "5", "at": "2999-01-01T10:00"}]
)
def test_a_time_that_cannot_be_is_told_in_the_form(bob, call_sid, registry, fields):
    answer = plan(bob, call_sid, **fields)
    assert answer.status_code == 422
    assert re.search(r'class="(wrong|alert-wrong)"', answer.text)
    assert f'value="{next(iter(fields.values()))}"' in answer.text
    assert registry.plans.find(PlanQuery())[0] == []
