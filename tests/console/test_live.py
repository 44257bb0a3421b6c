"""The list of live calls in a browser: how it follows the calls, and the commands that it offers."""

from __future__ import annotations

import re

from tests.support.clients import form, new_call_sid
from tests.support.console_page import EVIL, call_in, expect, fill_dialog, row, sign_in
from tests.support.network_link import NetworkLink

# The list


def test_a_call_appears_moves_and_disappears(signed_in, console):
    page = signed_in
    expect(page.get_by_text("No live calls", exact=True)).to_be_visible()
    page.mouse.move(0, 0)  # a row under the pointer would stay
    phone = call_in(console, "+14155550001")
    expect(row(page, "+14155550001")).to_contain_text("In progress")
    console.twilio.advance(20)
    expect(row(page, "+14155550001").locator(".place")).to_have_text("Menu")
    phone.hangup()
    console.twilio.advance(1)
    expect(row(page, "+14155550001")).to_have_class(re.compile("ended"))
    expect(row(page, "+14155550001")).to_have_count(0)
    expect(page.get_by_text("No live calls", exact=True)).to_be_visible()


def test_a_leg_is_listed_below_its_parent(signed_in, console):
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


def test_the_list_does_not_move_under_the_pointer(signed_in, console):
    page = signed_in
    call_in(console, "+14155550001")
    row(page, "+14155550001").hover()
    call_in(console, "+14155550002")
    expect(page.get_by_role("button", name="Show 1 new")).to_be_visible()
    expect(row(page, "+14155550002")).to_have_count(0)
    page.get_by_role("heading", name="Live calls").hover()
    expect(row(page, "+14155550002")).to_be_visible()


def test_the_list_can_be_filtered_and_sorted(signed_in, console):
    page = signed_in
    for number in (2, 1, 3):
        call_in(console, f"+1415555000{number}")
    numbers = page.locator("tbody tr[data-sid] .from")
    expect(numbers).to_have_text([re.compile("3$"), re.compile("1$"), re.compile("2$")])
    expect(page.get_by_role("columnheader", name="Duration")).to_have_attribute("aria-sort", "ascending")
    page.get_by_role("button", name="Duration").click()
    expect(numbers).to_have_text([re.compile("2$"), re.compile("1$"), re.compile("3$")])
    expect(page.get_by_role("columnheader", name="Duration")).to_have_attribute("aria-sort", "descending")
    page.get_by_role("button", name="From").click()
    expect(numbers).to_have_text([re.compile("1$"), re.compile("2$"), re.compile("3$")])
    expect(page.get_by_role("columnheader", name="From")).to_have_attribute("aria-sort", "ascending")
    page.keyboard.press("/")
    page.keyboard.type("0002")
    expect(numbers).to_have_text([re.compile("2$")])
    page.keyboard.type(" nothing")
    expect(page.get_by_text("No live calls match")).to_be_visible()


def test_text_of_callers_is_never_html(signed_in, console):
    page, sid = signed_in, new_call_sid()
    fields = {"From": EVIL, "To": EVIL, "CallerName": EVIL}
    console.webhook("/voice/incoming", form(sid, CallStatus="ringing", **fields))
    console.webhook("/voice/scenes/choice", form(sid, SpeechResult=EVIL, **fields))
    expect(page.locator("tbody tr .from")).to_have_text(EVIL)
    page.goto(f"{console.url}/console/calls/{sid}")
    expect(page.get_by_role("heading", level=1)).to_contain_text("<img src=x")
    assert page.title() != "pwned"


def test_a_lost_connection_shows_a_warning_and_resumes_without_a_gap(page, console, cookies, complaints):
    link = NetworkLink(console.web_port)
    try:
        sign_in(page, link.url, "operator", cookies)
        call_in(console, "+14155550001")
        expect(row(page, "+14155550001")).to_be_visible()
        link.cut()
        expect(page.get_by_text("Connection lost")).to_be_visible()
        for number in (2, 3, 4):
            call_in(console, f"+1415555000{number}")
        link.restore()
        expect(page.locator("tbody tr[data-sid]")).to_have_count(4)
        expect(page.get_by_text("Connection lost")).to_be_hidden()
    finally:
        page.goto("about:blank")  # closes the stream before the link breaks
        link.close()
    complaints.expect("net::ERR")


# Commands


def test_a_message_is_played_and_the_caller_stays_in_the_menu(signed_in, console):
    page = signed_in
    phone = call_in(console, "+14155550001")
    expect(row(page, "+14155550001")).to_contain_text("Menu")
    row(page, "+14155550001").hover()
    row(page, "+14155550001").get_by_role("link", name="Say a message").click()
    fill_dialog(page, "Say a message", Message="Hello from the console.")
    expect(page.get_by_role("dialog")).to_have_count(0)
    console.twilio.advance(10)
    expect(row(page, "+14155550001").locator(".action")).to_contain_text("confirmed, operator")
    phone.hears("Hello from the console.")
    expect(row(page, "+14155550001")).to_contain_text("Menu")


def test_a_redirect_shows_the_fields_of_its_scene(signed_in, console, complaints):
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
    expect(row(page, "+14155550001").locator(".action")).to_contain_text("confirmed")
    expect(row(page, "+14155550001").locator(".place")).to_have_text("Announcement")
    complaints.expect("422")


def test_a_command_on_an_ended_call_is_refused_in_the_dialog(signed_in, console, complaints):
    page = signed_in
    phone = call_in(console, "+14155550001")
    row(page, "+14155550001").hover()
    row(page, "+14155550001").get_by_role("link", name="Say a message").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    phone.hangup()
    console.twilio.advance(1)
    fill_dialog(page, "Say a message", Message="Too late")
    expect(page.get_by_role("dialog").get_by_role("alert")).to_contain_text("ended")
    complaints.expect("409")


def test_a_viewer_gets_no_commands(page, console, cookies):
    sign_in(page, console.url, "viewer", cookies)
    call_in(console, "+14155550001")
    expect(row(page, "+14155550001")).to_be_visible()
    assert page.locator("tbody input, tbody .commands, [data-dialog]").count() == 0


def test_the_list_works_with_the_keyboard(signed_in, console):
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
