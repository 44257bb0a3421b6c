"""What is done to many calls, later, or by itself, in a browser: bulk runs, plans, rules, the emergency stop."""

from __future__ import annotations

import re

import pytest

from tests.console.conftest import sign_in
from tests.support.accessibility import serious_findings
from tests.support.clients import NUMBER


def expect(what):
    from playwright.sync_api import expect

    return expect(what)


def call_in(console, from_: str):
    phone = console.twilio.dial(NUMBER, from_=from_)
    console.twilio.advance(2)
    return phone


def row(page, text: str):
    return page.locator("tbody tr", has_text=text)


@pytest.fixture
def admin(page, console, cookies):
    """A page on which an admin has signed in."""
    return sign_in(page, console.url, "admin", cookies)


def test_several_calls_are_ended_at_once_after_a_preview(signed_in, console):
    page = signed_in
    for number in (1, 2, 3):
        call_in(console, f"+1415555000{number}")
    for number in (1, 3):
        row(page, f"+1415555000{number}").get_by_role("checkbox").check()
    page.get_by_label("What to do with them").select_option("end")
    page.get_by_role("button", name="Preview").click()
    page.get_by_role("button", name="Preview").click()
    expect(page.locator("main")).to_contain_text("2 are live")
    expect(page.locator("tbody tr")).to_have_count(2)
    page.get_by_role("button", name="End call: 2 calls").click()
    console.twilio.advance(1)
    expect(page.get_by_role("progressbar")).to_have_attribute("aria-valuenow", "2")
    expect(page.get_by_role("status")).to_contain_text("The run is done: 2 done")
    expect(row(page, "+14155550001")).to_contain_text("done")
    with page.expect_download() as download:
        page.get_by_role("link", name="Report as CSV").click()
    assert "+14155550003" in download.value.path().read_text()
    page.get_by_role("link", name="Live").click()
    expect(page.locator("tbody tr[data-sid] .from")).to_have_text([re.compile("0002$")])


def test_something_is_planned_seen_to_come_and_seen_to_happen(signed_in, console):
    page = signed_in
    phone = call_in(console, "+14155550001")
    row(page, "+14155550001").hover()
    row(page, "+14155550001").get_by_role("link", name="Say").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Message").fill("As I promised.")
    dialog.get_by_text("Later", exact=True).click()
    dialog.get_by_label("In", exact=True).fill("2")
    dialog.get_by_label("Unit of time").select_option("seconds")
    dialog.get_by_role("button", name="Say").click()
    expect(page.get_by_role("status")).to_contain_text("planned")
    page.get_by_role("link", name="Scheduled").click()
    expect(row(page, "As I promised.")).to_be_visible()
    over = page.get_by_role("table", name="What was planned")
    expect(over.get_by_role("row").filter(has_text="As I promised.").first).to_contain_text("run")
    console.twilio.advance(10)
    phone.hears("As I promised.")


def test_a_plan_is_changed_in_the_viewers_zone_and_cancelled(signed_in, console):
    page = signed_in
    phone = call_in(console, "+14155550001")
    body = {"text": "Later on", "at": "2999-01-01T10:00:00Z"}
    assert console.admin.post(f"/calls/{phone.sid}/say", body).status_code == 422
    console.admin.post(f"/calls/{phone.sid}/say", {"text": "Later on", "after_seconds": 3600})
    page.goto(f"{console.url}/console/scheduled")
    expect(row(page, "Later on")).to_contain_text(re.compile(r"in (59:\d\d|1:00:00)"))
    row(page, "Later on").get_by_role("link", name="Change").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("At", exact=True)).to_have_value(re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d"))
    dialog.get_by_label("Message").fill("Good bye")
    dialog.get_by_role("button", name="Change").click()
    expect(row(page, "Good bye")).to_be_visible()
    row(page, "Good bye").get_by_role("button", name="Cancel").click()
    expect(row(page, "Good bye")).to_contain_text("cancelled")


def test_a_rule_is_made_does_its_work_and_is_switched_off(admin, console):
    page = admin
    page.goto(f"{console.url}/console/rules")
    page.get_by_role("link", name="New rule").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("guests")
    dialog.get_by_label("Command").select_option("say")
    dialog.get_by_role("textbox", name="Message", exact=True).fill("You are our guest.")
    dialog.get_by_label("From").fill("+1415555777*")
    dialog.get_by_role("button", name="Make the rule").click()
    expect(page.get_by_role("switch", name="guests")).to_have_attribute("aria-checked", "true")
    phone = call_in(console, "+14155557771")
    expect(row(page, "guests")).to_contain_text("1 call")
    console.twilio.advance(10)
    phone.hears("You are our guest.")
    page.evaluate("window.stayed = true")
    page.get_by_role("switch", name="guests").click()
    expect(page.get_by_role("switch", name="guests")).to_have_attribute("aria-checked", "false")
    expect(page.locator(".told")).to_contain_text("switched off")
    row(page, "guests").get_by_role("button", name="Remove").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(row(page, "guests")).to_have_count(0)
    expect(page.locator(".told")).to_contain_text("is removed")
    assert page.evaluate("window.stayed"), "the page was left, and with it whatever stood open on it"


def test_the_emergency_stop_ends_everything_is_told_everywhere_and_lifted(signed_in, console):
    page = signed_in
    other = page.context.new_page()
    other.goto(f"{console.url}/console/")
    call_in(console, "+14155550001")
    call_in(console, "+14155550002")
    page.get_by_role("link", name="Emergency stop").click()
    expect(page.get_by_role("dialog")).to_contain_text("2 calls are live")
    page.get_by_role("dialog").get_by_role("button", name="End 2 calls").click()
    expect(other.get_by_text("no new calls are taken")).to_be_visible()
    console.twilio.advance(1)
    expect(page.get_by_text("2 of the 2 that were live are done")).to_be_visible()
    console.twilio.dial(NUMBER, from_="+14155550003")
    console.twilio.advance(5)
    expect(row(other, "+14155550003")).to_have_count(0)
    page.get_by_role("button", name="Lift the stop").click()
    page.get_by_role("dialog").get_by_role("button", name="Lift the stop").click()
    expect(other.get_by_text("no new calls are taken")).to_have_count(0)
    call_in(console, "+14155550004")
    expect(row(other, "+14155550004")).to_be_visible()


def test_nothing_is_in_the_way_of_people(admin, console):
    page = admin
    phone = call_in(console, "+14155550001")
    console.admin.post(f"/calls/{phone.sid}/say", {"text": "Hello", "after_seconds": 3600})
    token = console.admin.post(
        "/bulk/preview", {"command": "say", "arguments": {"text": "Hi"}, "select": {}}
    ).json()
    run = console.admin.post("/bulk", {"token": token["token"], "after_seconds": 3600}).json()["run"]["id"]
    paths = [
        "scheduled",
        "rules",
        "rules/new?then.command=say",
        "bulk",
        "bulk/new",
        f"bulk/{run}",
        "emergency",
    ]
    for path in paths:
        page.goto(f"{console.url}/console/{path}")
        assert serious_findings(page) == [], path
    page.goto(f"{console.url}/console/bulk/new")
    page.get_by_label("What to do").select_option("say")
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("Message").fill("Hello")
    assert serious_findings(page) == []
    page.get_by_role("button", name="Preview").click()
    assert serious_findings(page) == []
    page.set_viewport_size({"width": 390, "height": 800})
    for path in paths:
        page.goto(f"{console.url}/console/{path}")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path
