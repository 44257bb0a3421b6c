"""Scheduled commands in a browser."""

from __future__ import annotations

import re

from tests.support.console_page import call_in, expect, row


def test_a_scheduled_command_is_listed_runs_and_is_heard(signed_in, console):
    page = signed_in
    phone = call_in(console, "+14155550001")
    row(page, "+14155550001").hover()
    row(page, "+14155550001").get_by_role("link", name="Say a message").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Message").fill("As I promised.")
    dialog.get_by_text("Run later", exact=True).click()
    dialog.get_by_label("In", exact=True).fill("2")
    dialog.get_by_label("Unit").select_option("seconds")
    dialog.get_by_role("button", name="Say a message").click()
    expect(page.get_by_role("status")).to_contain_text("Say a message: scheduled.")
    page.get_by_role("link", name="Scheduled").click()
    expect(row(page, "As I promised.")).to_be_visible()
    past = page.get_by_role("table", name="Past commands")
    expect(past.get_by_role("row").filter(has_text="As I promised.").first).to_contain_text("done")
    console.twilio.advance(10)
    phone.hears("As I promised.")


def test_a_scheduled_command_is_edited_in_the_viewers_zone_and_canceled(signed_in, console):
    page = signed_in
    phone = call_in(console, "+14155550001")
    body = {"text": "Later on", "at": "2999-01-01T10:00:00Z"}
    assert console.admin.post(f"/calls/{phone.sid}/say", body).status_code == 422
    console.admin.post(f"/calls/{phone.sid}/say", {"text": "Later on", "after_seconds": 3600})
    page.goto(f"{console.url}/console/scheduled")
    expect(row(page, "Later on")).to_contain_text(re.compile(r"in (59:\d\d|1:00:00)"))
    row(page, "Later on").get_by_role("link", name="Edit").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("At", exact=True)).to_have_value(re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d"))
    dialog.get_by_label("Message").fill("Good bye")
    dialog.get_by_role("button", name="Save").click()
    expect(row(page, "Good bye")).to_be_visible()
    row(page, "Good bye").get_by_role("button", name="Cancel").click()
    expect(row(page, "Good bye")).to_contain_text("canceled")
