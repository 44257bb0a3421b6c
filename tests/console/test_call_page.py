"""One call in a browser: what is done to it from its page, and what is seen of it there while it goes on."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
import requests

from midcall_emulator.client import Phone
from tests.console.conftest import sign_in
from tests.console.test_live import EVIL, call_in, expect, fill_dialog
from tests.support.accessibility import serious_findings
from tests.support.clients import form, new_call_sid
from tests.support.signing import signed_headers
from tests.support.stack import Stack

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

HI = "+14155550001"
LOADED = """(sound) => new Promise((done) => {
  sound.onloadedmetadata = () => done(sound.duration);
  sound.onerror = () => done(-1);
  sound.preload = "metadata";
  sound.load();
})"""  # its length in seconds


@pytest.fixture
def phone(signed_in: Page, console: Stack) -> Phone:
    """Somebody who is in the menu; their call's page is open."""
    phone = call_in(console, HI)
    open_call(signed_in, console, phone)
    return phone


def open_call(page: Page, console: Stack, phone: Phone) -> None:
    page.goto(f"{console.url}/console/calls/{phone.sid}")
    expect(page.get_by_text("Up to date")).to_be_visible()


def story(page: Page, title: str) -> Locator:
    """The newest entry with these words."""
    return page.locator(".story > li", has_text=title).first


def do(page: Page, name: str) -> None:
    page.get_by_role("link", name=name, exact=True).click()
    expect(page.get_by_role("dialog")).to_be_visible()


# What is done


def test_something_is_said_and_the_caller_goes_on(signed_in, console, phone):
    page = signed_in
    expect(page.locator(".where")).to_contain_text("Menu")
    page.keyboard.press("s")
    fill_dialog(page, "Say a message", Message="Hello from the console.")
    expect(story(page, "Say a message")).to_contain_text("Hello from the console.")
    console.twilio.advance(10)
    phone.hears("Hello from the console.")
    expect(story(page, "Say a message").locator(".state")).to_have_text("confirmed")
    expect(story(page, "Heard")).to_be_visible()
    expect(page.locator(".where")).to_contain_text("Menu")


def test_a_redirect_is_confirmed_on_the_page_with_the_new_place(signed_in, console, phone):
    page = signed_in
    page.get_by_text("Send to a scene").click()
    do(page, "Announcement")
    fill_dialog(page, "Redirect", Message="You are being moved.")
    console.twilio.advance(1)
    expect(story(page, "Redirect").locator(".state")).to_have_text("confirmed")
    expect(story(page, "Redirect")).to_contain_text("operator")
    expect(page.locator(".where")).to_contain_text("Announcement")
    expect(page.locator(".where")).to_contain_text("You are being moved.")


def test_a_refused_command_is_told_in_words_and_stays_in_the_story(signed_in, console, phone, complaints):
    page = signed_in
    do(page, "Turn into a conference")
    phone.hangup()
    console.twilio.advance(1)
    fill_dialog(page, "Turn into a conference")
    expect(page.get_by_role("dialog").get_by_role("alert")).to_contain_text("ended")
    page.get_by_role("button", name="Cancel").click()
    expect(story(page, "Turn into a conference").locator(".state")).to_have_text("refused")
    expect(story(page, "Turn into a conference")).to_contain_text("The call has ended.")
    expect(page.get_by_text("nothing can be done to it any more")).to_be_visible()
    assert page.locator("live-call [data-dialog]").count() == 0
    complaints[:] = [said for said in complaints if "409" not in said]


def test_who_would_be_hung_up_on_is_seen_before_and_has_a_link(signed_in, console, phone):
    page = signed_in
    console.twilio.people("+14155550199", "answer")
    phone.press("1")
    console.twilio.advance(10)
    expect(page.locator("[data-part=legs] .warn")).to_be_visible()
    do(page, "Redirect")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("+14155550199 would be hung up on")
    page.keyboard.press("Escape")
    page.locator("[data-part=legs] a").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("+14155550199")


# TwiML


def test_a_finding_stands_at_its_line_and_what_would_be_heard_beside_it(signed_in, console, phone):
    page = signed_in
    do(page, "Replace TwiML")
    dialog = page.get_by_role("dialog")
    text = dialog.get_by_role("textbox", name="TwiML")
    text.fill("<Response>\n  <Say>Hello</Say>\n  <Dail>+1415</Dail>\n</Response>")
    expect(dialog.get_by_role("link", name="Line 3")).to_be_visible()
    expect(dialog.locator(".gutter .bad")).to_have_text("3")
    dialog.get_by_role("link", name="Line 3").click()
    assert (
        text.evaluate("(text) => text.value.slice(text.selectionStart, text.selectionStart + 5)") == "<Dail"
    )
    text.fill("<Response>\n  <Say>Hello</Say>\n  <Hangup/>\n</Response>")
    expect(dialog.get_by_text("Twilio can be given this")).to_be_visible()
    expect(dialog.locator(".steps li")).to_have_text(["hears “Hello”", "is disconnected"])
    assert [item for item in phone.heard if item.get("text") == "Hello"] == []
    dialog.get_by_role("button", name="Replace TwiML").click()
    console.twilio.advance(5)
    phone.hears("Hello")
    expect(story(page, "Replace TwiML").locator("pre")).to_contain_text("<Say>Hello</Say>")


# What is seen


def test_two_operators_on_one_call_see_what_the_other_does(signed_in, console, phone, browser, cookies):
    other = browser.new_context(timezone_id="UTC").new_page()
    sign_in(other, console.url, "admin", cookies)
    open_call(other, console, phone)
    do(signed_in, "Put on hold")
    fill_dialog(signed_in, "Put on hold")
    expect(story(other, "Put on hold")).to_contain_text("operator")
    expect(other.locator("[role=status][data-news]")).to_contain_text("Put on hold, operator")
    console.twilio.advance(1)
    expect(other.get_by_role("link", name="Resume call")).to_be_visible()
    do(other, "Resume call")
    fill_dialog(other, "Resume call")
    expect(story(signed_in, "Resume call")).to_contain_text("admin")
    other.context.close()


def test_nothing_is_lost_while_the_call_goes_on(signed_in, console, phone):
    page = signed_in
    entry = story(page, "Call came in")
    entry.get_by_text("Details").click()
    do(page, "Say a message")
    page.get_by_role("dialog").get_by_label("Message").fill("Half a sen")
    phone.press("9")
    console.twilio.advance(2)
    expect(story(page, "Keyed")).to_be_visible()
    page.keyboard.type("tence")
    expect(page.get_by_role("dialog").get_by_label("Message")).to_have_value("Half a sentence")
    page.keyboard.press("Escape")
    expect(entry.get_by_text("CallStatus")).to_be_visible()


def test_what_callers_send_stays_text(signed_in, console):
    page, sid = signed_in, new_call_sid()
    for path, more in (
        ("/voice/incoming", {"CallStatus": "ringing"}),
        ("/voice/scenes/choice", {"SpeechResult": EVIL}),
        ("/voice/status", {"CallStatus": "completed"}),
    ):
        fields = form(sid, **{"From": EVIL, "To": EVIL, "CallerName": EVIL, **more})
        url = console.url + path
        assert requests.post(url, data=fields, headers=signed_headers(url, fields), timeout=10).ok
    page.goto(f"{console.url}/console/calls/{sid}")
    expect(story(page, "Said")).to_contain_text(EVIL)
    expect(story(page, "Caller's name")).to_contain_text(EVIL)
    page.goto(f"{console.url}/console/history?q=onerror")
    expect(page.locator("#history .from").first).to_have_text(EVIL)
    assert page.locator("main img, main script:not([type])").count() == 0
    assert "pwned" not in page.title()


def test_a_recording_is_asked_for_and_can_be_played(signed_in, console, phone):
    page = signed_in
    console.admin.command(phone, "record_start")
    console.twilio.advance(3)
    console.admin.command(phone, "record_stop")
    console.twilio.advance(2)
    page.get_by_role("link", name="Ask Twilio for them").click()
    sound = page.locator("[data-part=recordings] audio")
    expect(sound).to_be_visible()
    assert sound.evaluate(LOADED) > 0
    page.get_by_role("link", name="Show Twilio's own record").click()
    expect(page.locator("[data-part=twilio]")).to_contain_text("phone_number_sid")
    expect(sound).to_be_visible()


# History


def test_a_call_is_found_by_who_acted_on_it_and_opened(signed_in, console, phone):
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
        page.get_by_role("link", name="Export as CSV").click()
    assert phone.sid in download.value.path().read_text()
    page.get_by_role("link", name=HI).click()
    expect(page.locator(".where")).to_contain_text("Ended")


# For everybody


def test_nothing_is_in_the_way_of_people(signed_in, console, phone):
    page = signed_in
    console.admin.command(phone, "say", text="Hello")
    expect(story(page, "Say a message")).to_be_visible()
    assert serious_findings(page) == []
    do(page, "Replace TwiML")
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
def test_nothing_is_cut_off_on_a_phone(signed_in, console, phone, path):
    page = signed_in
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(console.url + path.format(sid=phone.sid))
    expect(page.get_by_text(re.compile("0001")).first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
