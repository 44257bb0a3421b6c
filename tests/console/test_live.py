"""The live calls in a browser: what is seen while calls come and go, and what is done to them from there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.console.conftest import PASSWORD, sign_in
from tests.support.accessibility import serious_findings
from tests.support.clients import NUMBER, form, new_call_sid
from tests.support.cut_line import Relay
from tests.support.stack import Stack

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

EVIL = "<img src=x onerror=\"document.title='pwned'\"><script>document.title='pwned'</script>"


def expect(what):
    from playwright.sync_api import expect

    return expect(what)


def call_in(console: Stack, from_: str, seconds: int = 2):
    """Somebody calls, and time goes on a little."""
    phone = console.twilio.dial(NUMBER, from_=from_)
    console.twilio.advance(seconds)
    return phone


def row(page: Page, from_: str) -> Locator:
    return page.locator("tbody tr", has_text=from_)


def fill_dialog(page: Page, button: str, **fields: str) -> None:
    dialog = page.get_by_role("dialog")
    for label, value in fields.items():
        dialog.get_by_label(label.replace("_", " ")).fill(value)
    dialog.get_by_role("button", name=button).click()


# Signing in


def test_signing_in_and_out_by_keyboard_alone(page, console, complaints):
    page.goto(f"{console.url}/console/")
    expect(page.get_by_label("Name")).to_be_focused()
    page.keyboard.type("admin")
    page.keyboard.press("Tab")
    page.keyboard.type("a wrong password")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("name or the password is wrong")
    complaints[:] = [said for said in complaints if "401" not in said]
    expect(page.get_by_label("Password")).to_be_focused()
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Live")).to_be_visible()
    page.get_by_role("button", name="Sign out").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("signed out")


def test_the_first_link_leads_to_a_password(page, console):
    link = console.flask("operators", "add", "nia", "--role", "viewer").stdout.strip()
    page.goto(link)
    page.get_by_label("New password").fill("a first password")
    page.get_by_label("The same again").fill("a first password")
    page.get_by_role("button", name="Set the password").click()
    expect(page.get_by_role("status")).to_contain_text("Your password is set")
    assert page.request.get(link, max_redirects=0).status == 401


# Calls come and go


def test_a_call_arrives_while_somebody_looks_moves_on_and_fades(signed_in, console):
    page = signed_in
    expect(page.get_by_text("No call is live")).to_be_visible()
    page.mouse.move(0, 0)  # a row under the hand stays
    phone = call_in(console, "+14155550001")
    expect(row(page, "+14155550001")).to_contain_text("In progress")
    console.twilio.advance(20)
    expect(row(page, "+14155550001").locator(".place")).to_have_text("Menu")
    phone.hangup()
    console.twilio.advance(1)
    expect(row(page, "+14155550001")).to_have_class(re.compile("ended"))
    expect(row(page, "+14155550001")).to_have_count(0)
    expect(page.get_by_text("No call is live")).to_be_visible()


def test_a_leg_stands_below_its_parent(signed_in, console):
    page = signed_in
    call_in(console, "+14155550001")
    phone = call_in(console, "+14155550002")
    call_in(console, "+14155550003")
    console.twilio.people("+14155550199", "manual")
    console.admin.command(phone, "redirect", scene="transfer")
    console.twilio.advance(10)
    expect(page.locator("tbody tr.leg .to")).to_have_text("+14155550199")
    shown = page.locator("tbody tr[data-sid] .from").all_inner_texts()
    assert [text[-4:] for text in shown] == ["0003", "0002", "0002", "0001"]


def test_nothing_moves_under_the_hand(signed_in, console):
    page = signed_in
    call_in(console, "+14155550001")
    row(page, "+14155550001").hover()
    call_in(console, "+14155550002")
    expect(page.get_by_role("button", name="1 new")).to_be_visible()
    expect(row(page, "+14155550002")).to_have_count(0)
    page.get_by_role("heading", name="Live").hover()
    expect(row(page, "+14155550002")).to_be_visible()


def test_filter_and_sort(signed_in, console):
    page = signed_in
    for number in (2, 1, 3):
        call_in(console, f"+1415555000{number}")
    numbers = page.locator("tbody tr[data-sid] .from")
    expect(numbers).to_have_text([re.compile("3$"), re.compile("1$"), re.compile("2$")])
    page.get_by_role("button", name="From").click()
    expect(numbers).to_have_text([re.compile("1$"), re.compile("2$"), re.compile("3$")])
    expect(page.get_by_role("columnheader", name="From")).to_have_attribute("aria-sort", "ascending")
    page.keyboard.press("/")
    page.keyboard.type("0002")
    expect(numbers).to_have_text([re.compile("2$")])
    page.keyboard.type(" nothing")
    expect(page.get_by_text("No live call matches")).to_be_visible()


# What is done


def test_something_is_said_and_the_caller_goes_on(signed_in, console):
    page = signed_in
    phone = call_in(console, "+14155550001")
    expect(row(page, "+14155550001")).to_contain_text("Menu")
    row(page, "+14155550001").hover()
    row(page, "+14155550001").get_by_role("link", name="Say").click()
    fill_dialog(page, "Say", Message="Hello from the console.")
    expect(page.get_by_role("dialog")).to_have_count(0)
    console.twilio.advance(10)
    expect(row(page, "+14155550001").locator(".asked")).to_contain_text("confirmed, operator")
    phone.hears("Hello from the console.")
    expect(row(page, "+14155550001")).to_contain_text("Menu")


def test_a_redirect_with_the_fields_of_its_scene(signed_in, console, complaints):
    page = signed_in
    call_in(console, "+14155550001")
    row(page, "+14155550001").get_by_role("button", name="All commands").click()
    page.locator(".menu").get_by_role("link", name="Redirect").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Scene optional").select_option("announcement")
    dialog.get_by_label("Message").fill("You are being moved.")
    dialog.get_by_label("Next scene").select_option("menu")
    dialog.get_by_label("Fallback URL").fill("no address!")
    dialog.get_by_role("button", name="Redirect").click()
    expect(dialog.get_by_label("Fallback URL")).to_have_attribute("aria-invalid", "true")
    expect(dialog.get_by_label("Message")).to_have_value("You are being moved.")
    dialog.get_by_label("Fallback URL").fill("")
    dialog.get_by_role("button", name="Redirect").click()
    expect(dialog).to_have_count(0)
    console.twilio.advance(1)
    expect(row(page, "+14155550001").locator(".asked")).to_contain_text("confirmed")
    expect(row(page, "+14155550001").locator(".place")).to_have_text("Announcement")
    complaints[:] = [said for said in complaints if "422" not in said]


def test_a_command_that_comes_too_late_is_told_in_words(signed_in, console, complaints):
    page = signed_in
    phone = call_in(console, "+14155550001")
    row(page, "+14155550001").hover()
    row(page, "+14155550001").get_by_role("link", name="Say").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    phone.hangup()
    console.twilio.advance(1)
    fill_dialog(page, "Say", Message="Too late")
    expect(page.get_by_role("dialog").get_by_role("alert")).to_contain_text("ended")
    complaints[:] = [said for said in complaints if "409" not in said]


def test_a_viewer_is_offered_nothing_to_do(page, console, cookies):
    sign_in(page, console.url, "viewer", cookies)
    call_in(console, "+14155550001")
    expect(row(page, "+14155550001")).to_be_visible()
    assert page.locator("tbody input, tbody .act, [data-dialog]").count() == 0


def test_calls_by_keyboard_alone(signed_in, console):
    page = signed_in
    for number in (1, 2):
        call_in(console, f"+1415555000{number}")
    expect(page.locator("tbody tr[data-sid]")).to_have_count(2)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("Next call")
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(row(page, "+14155550001")).to_be_focused()
    page.keyboard.press("x")
    expect(row(page, "+14155550001").get_by_role("checkbox")).to_be_checked()
    page.keyboard.press("e")
    page.get_by_role("dialog").get_by_role("button", name="End call").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_have_count(0)
    console.twilio.advance(1)
    expect(row(page, "+14155550001")).to_have_count(0)
    expect(row(page, "+14155550002")).to_be_focused()


# What comes from outside, and what goes wrong


def test_what_callers_send_stays_text(signed_in, console):
    page, sid = signed_in, new_call_sid()
    said = {"From": EVIL, "To": EVIL, "CallerName": EVIL}
    console.webhook("/voice/incoming", form(sid, CallStatus="ringing", **said))
    console.webhook("/voice/scenes/choice", form(sid, SpeechResult=EVIL, **said))
    expect(page.locator("tbody tr .from")).to_have_text(EVIL)
    page.goto(f"{console.url}/console/calls/{sid}")
    expect(page.get_by_role("heading", level=1)).to_contain_text("<img src=x")
    assert page.title() != "pwned"


def test_a_lost_connection_is_told_and_heals_without_a_gap(page, console, cookies, complaints):
    relay = Relay(console.web_port)
    try:
        sign_in(page, relay.url, "operator", cookies)
        call_in(console, "+14155550001")
        expect(row(page, "+14155550001")).to_be_visible()
        relay.cut()
        expect(page.get_by_text("The connection is lost")).to_be_visible()
        for number in (2, 3, 4):
            call_in(console, f"+1415555000{number}")
        relay.mend()
        expect(page.locator("tbody tr[data-sid]")).to_have_count(4)
        expect(page.get_by_text("The connection is lost")).to_be_hidden()
    finally:
        page.goto("about:blank")  # the stream is left before it breaks
        relay.close()
    complaints[:] = [said for said in complaints if "net::ERR" not in said]


def test_who_is_signed_out_elsewhere_is_told(page, console, complaints):
    sign_in(page, console.url, "admin")
    expect(page.get_by_text("Up to date")).to_be_visible()
    assert console.flask("operators", "sign-out", "admin").returncode == 0
    page.wait_for_timeout(
        5_100
    )  # a stream asks every five seconds at most whether its listener is still signed in
    call_in(console, "+14155550001")
    expect(page.get_by_text("You are signed out")).to_be_visible()
    complaints[:] = [said for said in complaints if "401" not in said]


# For everybody


def test_nothing_is_in_the_way_of_people(signed_in, console):
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


def test_without_javascript_the_list_is_shown_and_forms_work(browser, console, cookies, page):
    sign_in(page, console.url, "operator", cookies)
    call_in(console, "+14155550001")
    context = browser.new_context(java_script_enabled=False)
    context.add_cookies(cookies["operator"])
    plain = context.new_page()
    plain.goto(f"{console.url}/console/")
    plain.get_by_role("link", name="+14155550001").click()
    plain.get_by_role("link", name="End call").click()
    plain.get_by_role("button", name="End call").click()
    console.twilio.advance(1)
    plain.reload()
    expect(plain.get_by_text("completed").first).to_be_visible()
    context.close()
