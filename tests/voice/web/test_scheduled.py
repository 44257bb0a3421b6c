"""Commands that are planned from a form, and the page of what is going to happen."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from tests.support.console_visitor import Browser
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


def test_what_is_planned_is_shown_changed_and_cancelled(bob, call_sid, registry):
    plan(bob, call_sid, after="5")
    one = planned(registry)
    page = bob.get("/console/scheduled").text
    assert re.search(r"Say a message</strong> <span[^>]*>Hello", page)
    assert re.search(r'data-how="until"[^>]*>in 4:\d\d<', page)
    form = bob.get(f"/console/scheduled/{one.id}").text
    assert ">Hello</textarea>" in form
    assert f'value="{one.due_at:%Y-%m-%dT%H:%M}' in form
    changed = bob.post(
        f"/console/scheduled/{one.id}", {"text": "Bye", "later.after": "1", "later.unit": "hours"}
    )
    assert changed.status_code == 303
    assert planned(registry).arguments["text"] == "Bye"
    assert planned(registry).due_at - now() > timedelta(minutes=59)
    assert bob.post(f"/console/scheduled/{one.id}", {"text": ""}).status_code == 422
    assert bob.post(f"/console/scheduled/{one.id}/cancel").status_code == 303
    assert planned(registry).state == "cancelled"
    assert bob.post(f"/console/scheduled/{one.id}/cancel").status_code == 409
    assert "Nothing is planned" in bob.get("/console/scheduled").text


def test_a_viewer_sees_what_is_planned_and_changes_nothing(app, bob, call_sid, registry):
    plan(bob, call_sid, after="5")
    one, eve = planned(registry), Browser(app)
    eve.sign_in("viewer")
    page = eve.get("/console/scheduled").text
    assert ("Hello" in page, ">Change<" in page, ">Cancel<" in page) == (True, False, False)
    for path in (f"/console/scheduled/{one.id}", f"/console/scheduled/{one.id}/cancel"):
        assert eve.post(path, {"text": "Bye"}).status_code == 403


def test_an_emergency_stop_is_told_on_every_page_until_it_is_lifted(bob, call_sid, registry):
    assert "1 call is live" in bob.get("/console/emergency").text
    answer = bob.post("/console/commands/emergency_stop", {"message": "We are <closed>."})
    assert answer.status_code == 303
    for path in ("/console/", "/console/scheduled", "/console/account", "/console/nowhere"):
        page = bob.get(path).text
        assert "We are &lt;closed&gt;." in page
        assert "Lift the stop" in page
    bob.post("/console/commands/emergency_lift")
    assert "Lift the stop" not in bob.get("/console/").text
    assert registry.emergency.current() is None


def test_a_viewer_sees_the_stop_and_can_neither_begin_nor_lift_it(app, bob, registry):
    eve = Browser(app)
    eve.sign_in("viewer")
    assert "Emergency stop" not in eve.get("/console/").text
    assert eve.post("/console/commands/emergency_stop").status_code == 403
    bob.post("/console/commands/emergency_stop")
    page = eve.get("/console/").text
    assert ("asked for by operator" in page, "Lift the stop" in page) == (True, False)
    assert eve.post("/console/commands/emergency_lift").status_code == 403
