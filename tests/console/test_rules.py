"""Rules in a browser."""

from __future__ import annotations

from tests.support.console_page import call_in, expect, row


def test_a_rule_is_created_acts_on_a_call_and_is_switched_off(admin, console):
    page = admin
    page.goto(f"{console.url}/console/rules")
    page.get_by_role("link", name="Create rule").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("guests")
    dialog.get_by_label("Command").select_option("say")
    dialog.get_by_role("textbox", name="Message", exact=True).fill("You are our guest.")
    dialog.get_by_label("From").fill("+1415555777*")
    dialog.get_by_role("button", name="Create rule").click()
    expect(page.get_by_role("switch", name="guests")).to_have_attribute("aria-checked", "true")
    phone = call_in(console, "+14155557771")
    expect(row(page, "guests")).to_contain_text("1 call")
    console.twilio.advance(10)
    phone.hears("You are our guest.")
    page.evaluate("window.stayed = true")
    page.get_by_role("switch", name="guests").click()
    expect(page.get_by_role("switch", name="guests")).to_have_attribute("aria-checked", "false")
    expect(page.locator(".messages")).to_contain_text("switched off")
    row(page, "guests").get_by_role("button", name="Remove").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(row(page, "guests")).to_have_count(0)
    expect(page.locator(".messages")).to_contain_text("is removed")
    assert page.evaluate("window.stayed"), "the page was loaded again, which closes everything open on it"
