"""Accessibility of the pages in both themes, and their width on a phone."""

from __future__ import annotations

import re

import pytest

from tests.support.accessibility import serious_findings
from tests.support.console_page import call_in, expect, open_command, row, timeline_entry

PHONE = {"width": 390, "height": 844}


def width_of(page) -> int:
    """The width that the page needs, in pixels."""
    return page.evaluate("document.documentElement.scrollWidth")


def test_the_list_of_live_calls_is_accessible(signed_in, console):
    page = signed_in
    phone = call_in(console, "+14155550001")
    call_in(console, "+14155550002")
    console.admin.command(phone, "say", text="Hello")
    expect(page.locator("tbody tr[data-sid]")).to_have_count(2)
    page.get_by_role("checkbox").nth(1).check()
    assert serious_findings(page) == []
    row(page, "+14155550001").get_by_role("button", name="All commands").click()
    assert serious_findings(page) == []
    page.keyboard.press("Escape")
    for path in ("/console/account", "/console/commands/dial"):
        page.goto(console.url + path)
        assert serious_findings(page) == []


def test_the_page_of_a_call_and_the_history_are_accessible(signed_in, console, phone):
    page = signed_in
    console.admin.command(phone, "say", text="Hello")
    expect(timeline_entry(page, "Say a message")).to_be_visible()
    assert serious_findings(page) == []
    open_command(page, "Replace TwiML")
    page.get_by_role("textbox", name="TwiML").fill("<Response><Sayy/></Response>")
    expect(page.get_by_role("link", name="Line 1")).to_be_visible()
    assert serious_findings(page) == []
    page.goto(f"{console.url}/console/history")
    assert serious_findings(page) == []
    console.admin.command(phone, "end")
    console.twilio.advance(1)
    page.goto(f"{console.url}/console/calls/{phone.sid}?twilio=1&recordings=1")
    assert serious_findings(page) == []


@pytest.mark.parametrize("path", ["/console/history", "/console/calls/{sid}"])
def test_the_history_and_a_call_fit_a_phone(signed_in, console, phone, path):
    page = signed_in
    page.set_viewport_size(PHONE)
    page.goto(console.url + path.format(sid=phone.sid))
    expect(page.get_by_text(re.compile("0001")).first).to_be_visible()
    assert width_of(page) <= 390


def test_pages_for_many_calls_are_accessible_and_fit_a_phone(admin, console):
    page = admin
    phone = call_in(console, "+14155550001")
    console.admin.post(f"/calls/{phone.sid}/say", {"text": "Hello", "after_seconds": 3600})
    wanted = {"command": "say", "arguments": {"text": "Hi"}, "select": {}}
    token = console.admin.post("/bulk/preview", wanted).json()["token"]
    run = console.admin.post("/bulk", {"token": token, "after_seconds": 3600}).json()["run"]["id"]
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
    page.get_by_label("Command").select_option("say")
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Message").fill("Hello")
    assert serious_findings(page) == []
    page.get_by_role("button", name="Preview").click()
    assert serious_findings(page) == []
    page.set_viewport_size(PHONE)
    for path in paths:
        page.goto(f"{console.url}/console/{path}")
        assert width_of(page) <= 390, path


def test_the_pages_of_admins_are_accessible_and_fit_a_phone(admin, console):
    page = admin
    paths = ["audit", "people", "account"]
    for path in paths:
        page.goto(f"{console.url}/console/{path}")
        assert serious_findings(page) == [], path
    page.set_viewport_size(PHONE)
    for path in paths:
        page.goto(f"{console.url}/console/{path}")
        assert width_of(page) <= 390, path
