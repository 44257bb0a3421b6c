"""Scheduled commands: their form, the page that lists them, and the emergency stop on every page."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from voice.events import now
from voice.registry import PlanQuery


@pytest.fixture
def call_sid(twilio):
    return twilio.calls()


def schedule(browser, call_sid, **fields):
    """Schedule the command `say` with the form's `later` fields."""
    sent = {"text": "Hello", **{f"later.{name}": value for name, value in fields.items()}}
    return browser.post(f"/console/calls/{call_sid}/say", sent)


def newest_plan(registry):
    return registry.plans.find(PlanQuery())[0][0]


def test_a_command_can_be_scheduled_after_minutes(operator_browser, call_sid, registry):
    assert schedule(operator_browser, call_sid, after="5", unit="minutes").status_code == 303
    plan = newest_plan(registry)
    assert (plan.command, plan.call_sid, plan.operator) == ("say", call_sid, "operator")
    assert timedelta(minutes=4) < plan.due_at - now() <= timedelta(minutes=5)
    timeline = operator_browser.get(f"/console/calls/{call_sid}").text
    assert "Action scheduled: Say a message" in timeline


@pytest.mark.parametrize(
    ("zone", "hour"), [("Europe/Berlin", 11), ("", 13), ("Nowhere/At_all", 13), ("../x", 13)]
)
def test_a_time_is_in_the_viewers_zone_or_in_the_configured_one(
    operator_browser, call_sid, registry, zone, hour
):
    july = datetime(now().year + (now().month > 6), 7, 1, tzinfo=UTC)
    schedule(operator_browser, call_sid, at=f"{july:%Y-%m-%d}T13:00", zone=zone)
    assert newest_plan(registry).due_at == july.replace(hour=hour)


@pytest.mark.parametrize(
    "fields", [{"after": "soon"}, {"at": "2001-01-01T10:00"}, {"after": "5", "at": "2999-01-01T10:00"}]
)
def test_a_wrong_time_is_refused_in_the_form(operator_browser, call_sid, registry, fields):
    answer = schedule(operator_browser, call_sid, **fields)
    assert answer.status_code == 422
    assert re.search(r'class="(error|problem)"', answer.text)
    assert f'value="{next(iter(fields.values()))}"' in answer.text
    assert registry.plans.find(PlanQuery())[0] == []


def test_a_scheduled_command_can_be_edited_and_canceled(operator_browser, call_sid, registry):
    schedule(operator_browser, call_sid, after="5")
    plan = newest_plan(registry)
    page = operator_browser.get("/console/scheduled").text
    assert re.search(r"Say a message</strong> <span[^>]*>Hello", page)
    assert re.search(r'data-format="remaining"[^>]*>in 4:\d\d<', page)
    form = operator_browser.get(f"/console/scheduled/{plan.id}").text
    assert ">Hello</textarea>" in form
    assert f'value="{plan.due_at:%Y-%m-%dT%H:%M}' in form
    edited = {"text": "Bye", "later.after": "1", "later.unit": "hours"}
    assert operator_browser.post(f"/console/scheduled/{plan.id}", edited).status_code == 303
    assert newest_plan(registry).arguments["text"] == "Bye"
    assert newest_plan(registry).due_at - now() > timedelta(minutes=59)
    assert operator_browser.post(f"/console/scheduled/{plan.id}", {"text": ""}).status_code == 422
    assert operator_browser.post(f"/console/scheduled/{plan.id}/cancel").status_code == 303
    assert newest_plan(registry).state == "cancelled"
    assert operator_browser.post(f"/console/scheduled/{plan.id}/cancel").status_code == 409
    assert "No scheduled commands" in operator_browser.get("/console/scheduled").text


def test_a_viewer_cannot_change_scheduled_commands(operator_browser, viewer_browser, call_sid, registry):
    schedule(operator_browser, call_sid, after="5")
    plan = newest_plan(registry)
    page = viewer_browser.get("/console/scheduled").text
    assert ("Hello" in page, ">Edit<" in page, ">Cancel<" in page) == (True, False, False)
    for path in (f"/console/scheduled/{plan.id}", f"/console/scheduled/{plan.id}/cancel"):
        assert viewer_browser.post(path, {"text": "Bye"}).status_code == 403


def test_an_active_emergency_stop_is_shown_on_every_page(operator_browser, call_sid, registry):
    assert "1 call is live" in operator_browser.get("/console/emergency").text
    answer = operator_browser.post("/console/commands/emergency_stop", {"message": "We are <closed>."})
    assert answer.status_code == 303
    for path in ("/console/", "/console/scheduled", "/console/account", "/console/nowhere"):
        page = operator_browser.get(path).text
        assert "We are &lt;closed&gt;." in page
        assert "Lift stop" in page
    operator_browser.post("/console/commands/emergency_lift")
    assert "Lift stop" not in operator_browser.get("/console/").text
    assert registry.emergency.current() is None


def test_a_viewer_sees_the_emergency_stop_and_cannot_start_or_lift_it(operator_browser, viewer_browser):
    assert "Emergency stop" not in viewer_browser.get("/console/").text
    assert viewer_browser.post("/console/commands/emergency_stop").status_code == 403
    operator_browser.post("/console/commands/emergency_stop")
    page = viewer_browser.get("/console/").text
    assert ("started by operator" in page, "Lift stop" in page) == (True, False)
    assert viewer_browser.post("/console/commands/emergency_lift").status_code == 403
