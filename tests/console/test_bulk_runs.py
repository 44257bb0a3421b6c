"""Bulk runs in a browser."""

from __future__ import annotations

import re

from tests.support.console_page import call_in, expect, row


def test_selected_calls_are_ended_after_a_preview(signed_in, console):
    page = signed_in
    for number in (1, 2, 3):
        call_in(console, f"+1415555000{number}")
    for number in (1, 3):
        row(page, f"+1415555000{number}").get_by_role("checkbox").check()
    page.get_by_label("Command for the selected calls").select_option("end")
    page.get_by_role("button", name="Preview").click()
    page.get_by_role("button", name="Preview").click()
    expect(page.locator("main")).to_contain_text("2 live")
    expect(page.locator("tbody tr")).to_have_count(2)
    page.get_by_role("button", name="End call: 2 calls").click()
    console.twilio.advance(1)
    expect(page.get_by_role("progressbar")).to_have_attribute("aria-valuenow", "2")
    expect(page.get_by_role("status")).to_contain_text("The run is done: 2 done")
    expect(row(page, "+14155550001")).to_contain_text("done")
    with page.expect_download() as download:
        page.get_by_role("link", name="Export CSV").click()
    assert "+14155550003" in download.value.path().read_text()
    page.get_by_role("link", name="Live calls").click()
    expect(page.locator("tbody tr[data-sid] .from")).to_have_text([re.compile("0002$")])
