"""The emergency stop in a browser."""

from __future__ import annotations

from tests.support.clients import NUMBER
from tests.support.console_page import call_in, expect, row


def test_an_emergency_stop_ends_all_calls_and_shows_on_every_page_until_it_is_lifted(signed_in, console):
    page = signed_in
    other = page.context.new_page()
    other.goto(f"{console.url}/console/")
    call_in(console, "+14155550001")
    call_in(console, "+14155550002")
    page.get_by_role("link", name="Emergency stop").click()
    expect(page.get_by_role("dialog")).to_contain_text("2 calls are live")
    page.get_by_role("dialog").get_by_role("button", name="Start emergency stop").click()
    expect(other.get_by_text("New calls are not accepted")).to_be_visible()
    console.twilio.advance(1)
    expect(page.get_by_text("2 of 2 live calls processed")).to_be_visible()
    console.twilio.dial(NUMBER, from_="+14155550003")
    console.twilio.advance(5)
    expect(row(other, "+14155550003")).to_have_count(0)
    page.get_by_role("button", name="Lift stop").click()
    page.get_by_role("dialog").get_by_role("button", name="Lift stop").click()
    expect(other.get_by_text("New calls are not accepted")).to_have_count(0)
    call_in(console, "+14155550004")
    expect(row(other, "+14155550004")).to_be_visible()
