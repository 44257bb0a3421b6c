"""Sign-in in a browser: the form, the first link, and a session that ends."""

from __future__ import annotations

import pytest

from tests.support.console_page import call_in, expect
from tests.support.console_visitor import PASSWORD


def test_sign_in_and_sign_out_work_with_the_keyboard(page, console, complaints):
    page.goto(f"{console.url}/console/")
    expect(page.get_by_label("Name")).to_be_focused()
    page.keyboard.type("admin")
    page.keyboard.press("Tab")
    page.keyboard.type("a wrong password")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("name or the password is wrong.")
    complaints.expect("401")
    expect(page.get_by_label("Password")).to_be_focused()
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Live calls")).to_be_visible()
    page.get_by_role("button", name="Sign out").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("You are signed out.")


def first_sign_in(page, console, name: str) -> str:
    """Add an operator, who opens the sign-in link and sets a password; the link."""
    link = console.flask("operators", "add", name, "--role", "viewer").stdout.strip()
    page.goto(link)
    page.get_by_label("New password", exact=True).fill("a first password")
    page.get_by_label("Repeat new password").fill("a first password")
    page.get_by_role("button", name="Set password").click()
    expect(page.get_by_role("status")).to_contain_text("Your password is set.")
    return link


def test_the_first_link_opens_the_form_for_a_password(page, console):
    link = first_sign_in(page, console, "nia")
    assert page.request.get(link, max_redirects=0).status == 401


@pytest.mark.slow
def test_a_page_warns_when_its_session_has_ended(page, console, complaints):
    first_sign_in(page, console, "ines")
    page.goto(f"{console.url}/console/")
    expect(page.locator("[data-connection]")).to_have_text("Live")
    assert console.flask("operators", "sign-out", "ines").returncode == 0
    page.wait_for_timeout(5_100)  # an event stream checks its session at most every five seconds
    call_in(console, "+14155550001")
    expect(page.get_by_text("You are signed out")).to_be_visible()
    complaints.expect("401")
