"""The page of one call in a browser: its commands, its editor, and how it follows the call."""

from __future__ import annotations

from tests.support.clients import form, new_call_sid
from tests.support.console_page import (
    EVIL,
    expect,
    fill_dialog,
    open_call,
    open_command,
    sign_in,
    timeline_entry,
)

AUDIO_SECONDS = """(audio) => new Promise((done) => {
  audio.onloadedmetadata = () => done(audio.duration);
  audio.onerror = () => done(-1);
  audio.preload = "metadata";
  audio.load();
})"""
SELECTED_TEXT = "(text) => text.value.slice(text.selectionStart, text.selectionStart + 5)"

# Commands


def test_a_message_is_played_and_the_caller_stays_in_the_menu(signed_in, console, phone):
    page = signed_in
    expect(page.locator("[data-place]")).to_contain_text("Menu")
    page.keyboard.press("s")
    fill_dialog(page, "Say a message", Message="Hello from the console.")
    expect(timeline_entry(page, "Say a message")).to_contain_text("Hello from the console.")
    console.twilio.advance(10)
    phone.hears("Hello from the console.")
    expect(timeline_entry(page, "Say a message").locator(".state")).to_have_text("confirmed")
    expect(timeline_entry(page, "Message played: “Hello from the console.”")).to_be_visible()
    expect(page.locator("[data-place]")).to_contain_text("Menu")


def test_a_confirmed_redirect_shows_the_new_place(signed_in, console, phone):
    page = signed_in
    page.get_by_text("Send to scene").click()
    open_command(page, "Announcement")
    fill_dialog(page, "Redirect", Message="You are being moved.")
    console.twilio.advance(1)
    expect(timeline_entry(page, "Redirect").locator(".state")).to_have_text("confirmed")
    expect(timeline_entry(page, "Redirect")).to_contain_text("operator")
    expect(page.locator(".place")).to_contain_text("Announcement")
    expect(page.locator(".place")).to_contain_text("You are being moved.")


def test_a_transfer_needs_only_the_fields_that_its_form_requires(signed_in, console, phone):
    page = signed_in
    console.twilio.people("+14155550177", "answer")
    open_command(page, "Transfer")
    fill_dialog(page, "Transfer", Transfer_to="+1 415 555 0177")
    expect(page.get_by_role("dialog")).to_have_count(0)
    console.twilio.advance(10)
    expect(page.locator("[data-part=legs] a")).to_contain_text("+14155550177")
    sent = timeline_entry(page, "Transfer to")
    expect(sent.locator(".state")).to_have_text("confirmed")
    expect(sent).to_contain_text("Previous scene")


def test_a_refused_command_shows_its_reason_in_the_dialog_and_in_the_timeline(
    signed_in, console, phone, complaints
):
    page = signed_in
    open_command(page, "Turn into a conference")
    phone.hangup()
    console.twilio.advance(1)
    fill_dialog(page, "Turn into a conference")
    expect(page.get_by_role("dialog").get_by_role("alert")).to_contain_text("ended")
    page.get_by_role("button", name="Cancel").click()
    refused = timeline_entry(page, "Turn into a conference")
    expect(refused.locator(".state")).to_have_text("refused")
    expect(refused).to_contain_text("The call has ended.")
    expect(page.get_by_text("The call has ended. No commands are available.")).to_be_visible()
    assert page.locator("live-call [data-dialog]").count() == 0
    complaints.expect("409")


def test_a_party_that_a_move_disconnects_is_shown_and_linked(signed_in, console, phone):
    page = signed_in
    console.twilio.people("+14155550199", "answer")
    phone.press("1")
    console.twilio.advance(10)
    expect(page.locator("[data-part=legs] .warning")).to_be_visible()
    open_command(page, "Redirect")
    expect(page.get_by_role("dialog")).to_contain_text("Will be disconnected: +14155550199")
    page.keyboard.press("Escape")
    page.locator("[data-part=legs] a").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("+14155550199")


def test_the_editor_marks_the_line_of_an_error_and_shows_what_the_caller_hears(signed_in, console, phone):
    page = signed_in
    open_command(page, "Replace TwiML")
    dialog = page.get_by_role("dialog")
    text = dialog.get_by_role("textbox", name="TwiML")
    text.fill("<Response>\n  <Say>Hello</Say>\n  <Dail>+1415</Dail>\n</Response>")
    expect(dialog.get_by_role("link", name="Line 3")).to_be_visible()
    expect(dialog.locator(".gutter .bad")).to_have_text("3")
    dialog.get_by_role("link", name="Line 3").click()
    assert text.evaluate(SELECTED_TEXT) == "<Dail"
    text.fill("<Response>\n  <Say>Hello</Say>\n  <Hangup/>\n</Response>")
    expect(dialog.get_by_text("Valid TwiML")).to_be_visible()
    expect(dialog.locator(".steps li")).to_have_text(["hears “Hello”", "is disconnected"])
    assert [item for item in phone.heard if item.get("text") == "Hello"] == []
    dialog.get_by_role("button", name="Replace TwiML").click()
    console.twilio.advance(5)
    phone.hears("Hello")
    expect(timeline_entry(page, "Replace TwiML").locator("pre")).to_contain_text("<Say>Hello</Say>")


# The page follows the call


def test_two_operators_see_each_others_commands(signed_in, console, phone, browser, cookies):
    other = browser.new_context(timezone_id="UTC").new_page()
    sign_in(other, console.url, "admin", cookies)
    open_call(other, console, phone)
    open_command(signed_in, "Put on hold")
    fill_dialog(signed_in, "Put on hold")
    expect(timeline_entry(other, "Put on hold")).to_contain_text("operator")
    expect(other.locator("[role=status][data-announcements]")).to_contain_text("Put on hold, operator")
    console.twilio.advance(1)
    expect(other.get_by_role("link", name="Resume call")).to_be_visible()
    open_command(other, "Resume call")
    fill_dialog(other, "Resume call")
    expect(timeline_entry(signed_in, "Resume call")).to_contain_text("admin")
    other.context.close()


def test_an_update_keeps_open_details_and_a_half_written_message(signed_in, console, phone):
    page = signed_in
    entry = timeline_entry(page, "Incoming call")
    entry.get_by_text("Details").click()
    open_command(page, "Say a message")
    page.get_by_role("dialog").get_by_label("Message").fill("Half a sen")
    phone.press("9")
    console.twilio.advance(2)
    expect(timeline_entry(page, "Pressed")).to_be_visible()
    page.keyboard.type("tence")
    expect(page.get_by_role("dialog").get_by_label("Message")).to_have_value("Half a sentence")
    page.keyboard.press("Escape")
    expect(entry.get_by_text("CallStatus")).to_be_visible()


def test_text_of_callers_is_never_html(signed_in, console):
    page, sid = signed_in, new_call_sid()
    for path, more in (
        ("/voice/incoming", {"CallStatus": "ringing"}),
        ("/voice/scenes/choice", {"SpeechResult": EVIL}),
        ("/voice/status", {"CallStatus": "completed"}),
    ):
        console.webhook(path, form(sid, **{"From": EVIL, "To": EVIL, "CallerName": EVIL, **more}))
    page.goto(f"{console.url}/console/calls/{sid}")
    expect(timeline_entry(page, "Said")).to_contain_text(EVIL)
    expect(timeline_entry(page, "Caller's name")).to_contain_text(EVIL)
    page.goto(f"{console.url}/console/history?q=%3C")
    expect(page.locator("#history .from").first).to_have_text(EVIL)
    assert page.locator("main img, main script:not([type])").count() == 0
    assert "pwned" not in page.title()


def test_recordings_are_loaded_on_request_and_can_be_played(signed_in, console, phone):
    page = signed_in
    console.admin.command(phone, "record_start")
    console.twilio.advance(3)
    console.admin.command(phone, "record_stop")
    console.twilio.advance(2)
    page.get_by_role("link", name="Load recordings").click()
    audio = page.locator("[data-part=recordings] audio")
    expect(audio).to_be_visible()
    assert audio.evaluate(AUDIO_SECONDS) > 0
    page.get_by_role("link", name="Load Twilio record").click()
    expect(page.locator("[data-part=twilio]")).to_contain_text("phone_number_sid")
    expect(audio).to_be_visible()
