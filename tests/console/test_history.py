"""The history in a browser."""

from __future__ import annotations

from tests.support.console_page import call_in, expect


def test_a_call_is_found_by_operator_exported_and_opened(signed_in, console, phone):
    page = signed_in
    call_in(console, "+14155550002")
    console.admin.command(phone, "end")
    console.twilio.advance(1)
    page.get_by_role("link", name="History").first.click()
    page.get_by_label("Operator").fill("ADMIN_TOKEN")
    page.get_by_label("Number or CallSid").fill(phone.sid)
    page.get_by_role("button", name="Search").click()
    expect(page.locator("#history tbody tr")).to_have_count(1)
    with page.expect_download() as download:
        page.get_by_role("link", name="Export CSV").click()
    assert phone.sid in download.value.path().read_text()
    page.get_by_role("link", name="+14155550001").click()
    expect(page.locator("[data-place]")).to_contain_text("Ended")
