"""Steps that every browser test of the console takes: a call comes in, a row is found, a dialog is filled in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from midcall_emulator.client import Phone
from tests.support.clients import NUMBER
from tests.support.console_visitor import PASSWORD
from tests.support.stack import Stack

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

Cookies = dict[str, list[Any]]
EVIL = "<img src=x onerror=\"document.title='pwned'\"><script>document.title='pwned'</script>"


def expect(found: Any) -> Any:
    """Playwright's `expect`, imported late because Playwright may be missing."""
    from playwright.sync_api import expect

    return expect(found)


def sign_in(page: Page, url: str, name: str, cookies: Cookies | None = None) -> Page:
    """Sign in with the form, or with the cookies of an earlier sign-in."""
    known = cookies if cookies is not None else {}
    if name in known:
        page.context.add_cookies(known[name])
        page.goto(f"{url}/console/")
        return page
    page.goto(f"{url}/console/sign-in")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/console/")
    known[name] = page.context.cookies()
    return page


def call_in(console: Stack, from_: str, seconds: int = 2) -> Phone:
    """A new call, some seconds after its start."""
    phone = console.twilio.dial(NUMBER, from_=from_)
    console.twilio.advance(seconds)
    return phone


def row(page: Page, text: str) -> Locator:
    """The row of a table with this text."""
    return page.locator("tbody tr", has_text=text)


def open_call(page: Page, console: Stack, phone: Phone) -> None:
    """Open the page of a call, and wait until its feed is live."""
    page.goto(f"{console.url}/console/calls/{phone.sid}")
    expect(page.locator("[data-connection]")).to_have_text("Live")


def timeline_entry(page: Page, text: str) -> Locator:
    """The newest entry of the timeline with this text."""
    return page.locator(".timeline > li", has_text=text).first


def open_command(page: Page, name: str) -> None:
    """Open the dialog of a command."""
    page.get_by_role("link", name=name, exact=True).click()
    expect(page.get_by_role("dialog")).to_be_visible()


def fill_dialog(page: Page, button: str, **fields: str) -> None:
    """Fill in the fields of the open dialog, and press its button."""
    dialog = page.get_by_role("dialog")
    for label, value in fields.items():
        dialog.get_by_label(label.replace("_", " ")).fill(value)
    dialog.get_by_role("button", name=button).click()
