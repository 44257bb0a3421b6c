"""The phone page in Chromium: the user's actions, and what the page shows and plays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from midcall_emulator.client import Emulator
from midcall_emulator.server import Background
from midcall_emulator.settings import Settings
from tests.support.accessibility import serious_findings
from tests.support.scripted_app import Answer, ScriptedApp

if TYPE_CHECKING:
    from playwright.sync_api import Page

NUMBER, ANN = "+14155550100", "+15005550077"
EVIL = "<img src=x onerror=\"document.title='pwned'\">"
DESKTOP = {"width": 1440, "height": 900}


@pytest.fixture
def page(page: Page, emulator_url: str) -> Page:
    """The phone page in Chromium, as wide as a mobile phone."""
    page.set_viewport_size({"width": 360, "height": 780})
    page.goto(emulator_url)
    page.get_by_text("● Live").wait_for()
    return page


def test_a_call_works_with_the_keyboard_alone(twilio: Emulator, app: ScriptedApp, page: Page) -> None:
    app.on("/start", "<Gather action='/menu' numDigits='1'><Say>Press 1 for Sales.</Say></Gather>")
    app.on("/menu", "<Say>Sales is closed.</Say><Gather/>")
    page.get_by_label("From").focus()
    page.keyboard.press("Enter")
    page.locator(".transcript").get_by_text("Press 1 for Sales.").wait_for()
    page.keyboard.press("1")
    page.locator(".transcript").get_by_text("Sales is closed.").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    page.get_by_role("button", name="Hang up").press("Enter")
    page.get_by_text("Call ended: completed").wait_for()
    [phone] = twilio.phones()
    assert (phone.status, phone.requests[1]["params"]["Digits"]) == ("completed", "1")


def test_a_ringing_phone_is_answered(twilio: Emulator, app: ScriptedApp, page: Page) -> None:
    app.on("/start", "<Dial>+15005550077</Dial>")
    page.get_by_label("Phones that your app dials").select_option("Wait for me to answer")
    twilio.dial(NUMBER)
    page.get_by_role("button", name="Answer").click()
    page.get_by_text("connected with").first.wait_for()
    assert twilio.phones(to="+15005550077")[0].status == "in-progress"


def test_html_from_calls_stays_text(twilio: Emulator, app: ScriptedApp, page: Page) -> None:
    escaped = EVIL.replace("<", "&lt;").replace('"', "&quot;")
    app.on(
        "/start", f'<Gather input="speech" action="/heard"><Say voice="{escaped}">{escaped}</Say></Gather>'
    )
    app.on("/heard", f"<Say>{escaped}</Say><Bogus/><Gather/>")
    phone = twilio.dial(NUMBER).hears(EVIL)
    phone.speak(EVIL)
    twilio.advance(10)
    # Four times: the first Say with its voice, the spoken text, and the second Say.
    page.locator(".transcript").get_by_text(EVIL).nth(3).wait_for()
    for summary in page.locator(".requests summary").all():
        summary.click()
    page.locator(".requests").get_by_text("SpeechResult").wait_for()
    assert page.locator("main img, main script").count() == 0
    assert page.title() == "Phones · emulator"


def test_a_reset_clears_the_page(twilio: Emulator, app: ScriptedApp, page: Page) -> None:
    app.on("/start", "<Gather><Say>Hello</Say></Gather>")
    twilio.dial(NUMBER)
    page.locator(".transcript").get_by_text("Hello").wait_for()
    twilio.reset()
    page.get_by_text("has no voice URL").wait_for()
    assert page.locator("phone-card").count() == 0


def test_the_page_has_no_serious_accessibility_findings(
    twilio: Emulator, app: ScriptedApp, page: Page
) -> None:
    assert serious_findings(page) == []
    app.on("/start", "<Say>Hello</Say><Bogus/><Play digits='1'/><Dial>+15005550077</Dial>")
    twilio.everybody("manual")
    ended = twilio.dial(NUMBER)
    twilio.settle()
    ended.hangup()
    twilio.dial(NUMBER)
    twilio.advance(5)
    page.locator(".calls button").last.click()
    page.get_by_role("button", name="Answer").wait_for()
    for summary in page.locator(".requests summary").all():
        summary.click()
    assert serious_findings(page) == []
    page.set_viewport_size({"width": 1440, "height": 900})
    assert serious_findings(page) == []


def test_a_declined_phone_is_busy(twilio: Emulator, app: ScriptedApp, page: Page) -> None:
    app.on("/start", f'<Dial action="/after">{ANN}</Dial>')
    app.on("/after", "<Say>The line is silent.</Say>")
    twilio.people(ANN, "manual")
    phone = twilio.dial(NUMBER)
    page.get_by_role("button", name="Decline").click()
    phone.hears("The line is silent.")
    assert phone.requests[1]["params"]["DialCallStatus"] == "busy"


def test_typed_text_is_spoken(twilio: Emulator, app: ScriptedApp, page: Page) -> None:
    app.on("/start", '<Gather input="speech" action="/heard"><Say>Yes?</Say></Gather>')
    app.on("/heard", "<Say>Right.</Say><Gather/>")
    page.get_by_role("button", name="Call", exact=True).click()
    page.get_by_label("Say something").fill("opening hours")
    page.keyboard.press("Enter")
    page.locator(".transcript").get_by_text("opening hours").wait_for()
    twilio.advance(10)
    page.locator(".transcript").get_by_text("Right.").wait_for()
    [phone] = twilio.phones()
    assert phone.requests[1]["params"]["SpeechResult"] == "opening hours"


def test_the_page_shows_every_request_next_to_the_phone(
    twilio: Emulator, app: ScriptedApp, page: Page
) -> None:
    app.on("/start", "<Say>Hi</Say><Bogus/><Redirect>/broken</Redirect>")
    app.on("/broken", Answer("Oops", status=500))
    phone = twilio.dial(NUMBER)
    twilio.advance(20)
    page.locator(".calls button").click()
    page.locator(".requests summary", has_text="/broken").click()
    [_, broken, status] = phone.requests
    app_side = page.locator(".app")
    for text in (broken["url"], broken["signature"], "Oops", "✕ 500", status["kind"]):
        app_side.get_by_text(text, exact=True).first.wait_for()
    app_side.get_by_text("warning 12200").wait_for()
    app_side.get_by_text("error 11200").wait_for()


def test_several_phones_fit_side_by_side(twilio: Emulator, app: ScriptedApp, page: Page) -> None:
    page.set_viewport_size(DESKTOP)
    app.on("/start", '<Gather action="/menu" numDigits="1" timeout="600"/>')
    phones = [twilio.dial(NUMBER, f"+1500555000{index}") for index in range(4)]
    cards = page.locator("phone-card")
    cards.nth(3).get_by_role("button", name="Hang up").wait_for()
    boxes = [card.bounding_box() for card in cards.all()]
    assert len({box["y"] for box in boxes if box}) == 2
    assert all(box and box["y"] + box["height"] < 920 for box in boxes)
    page.get_by_label("Phone of +1 500 555 0002").get_by_role("button", name="7", exact=True).click()
    phones[2].waits_for(requests="/menu")
    assert phones[2].requests[1]["params"]["Digits"] == "7"


def test_call_audio_speaks_what_the_current_phone_hears(
    twilio: Emulator, app: ScriptedApp, page: Page
) -> None:
    app.on("/start", '<Gather numDigits="1" action="/menu"><Say>Press 1.</Say></Gather>')
    app.on("/menu", "<Say>Bonjour</Say><Gather/>")
    page.evaluate("() => { window.said = []; speechSynthesis.speak = (words) => said.push(words.text); }")
    phone = twilio.dial(NUMBER)
    page.locator(".transcript").get_by_text("Press 1.").wait_for()
    page.get_by_label("Play call audio").check()
    phone.press("1")
    page.locator(".transcript").get_by_text("Bonjour").wait_for()
    assert page.evaluate("said") == ["Bonjour"]


def test_call_audio_rings_when_a_phone_rings(twilio: Emulator, app: ScriptedApp, page: Page) -> None:
    app.on("/start", f"<Dial>{ANN}</Dial>")
    twilio.everybody("manual")
    page.evaluate(
        "() => { window.rung = 0; window.AudioContext = class extends AudioContext { x = ++rung; }; }"
    )
    silent = twilio.dial(NUMBER)
    page.locator(".bell:visible").wait_for()
    silent.hangup()
    page.locator(".bell:visible").wait_for(state="detached")
    page.get_by_label("Play call audio").check()
    twilio.dial(NUMBER)
    page.locator(".bell:visible").wait_for()
    assert page.title() == "(1 ringing) Phones · emulator"
    assert page.evaluate("rung") == 1


def test_a_number_gets_a_voice_url_and_is_called(twilio: Emulator, app: ScriptedApp, page: Page) -> None:
    app.on("/other", "<Say>Here I am.</Say><Gather/>")
    page.locator("summary", has_text="Calls go to").click()
    page.get_by_label("Voice URL", exact=True).fill(app.url("/other"))
    page.get_by_role("button", name="Save").click()
    page.get_by_text(f"Calls go to {app.url('/other')}").wait_for()
    page.get_by_role("button", name="Call", exact=True).click()
    page.locator(".transcript").get_by_text("Here I am.").wait_for()


def test_a_lost_connection_is_shown(page: Page, complaints: list[str]) -> None:
    with Background(Settings(port=0)) as url:
        page.goto(url)
        page.get_by_text("● Live").wait_for()
    page.get_by_text("The emulator is not responding. Reconnecting").wait_for()
    page.goto("about:blank")  # the page keeps trying, and Chromium logs each failure
    complaints.clear()


def test_a_sip_phone_refers_the_caller(twilio: Emulator, app: ScriptedApp, page: Page) -> None:
    app.on("/start", '<Dial referUrl="/refer"><Sip>sip:desk@example.com</Sip></Dial>')
    app.on("/refer", "<Say>You are being transferred.</Say><Gather/>")
    twilio.everybody("manual")
    phone = twilio.dial(NUMBER)
    page.get_by_role("button", name="Answer").click()
    desk = page.get_by_role("region", name="Phone of sip:desk@example.com")
    desk.get_by_label("Refer caller to").fill("sip:boss@example.com")
    desk.get_by_role("button", name="Refer", exact=True).click()
    phone.hears("You are being transferred.")
    assert app.visit("/refer").params["ReferTransferTarget"] == "sip:boss@example.com"
    caller = page.get_by_role("region", name="Phone of +1")
    caller.get_by_label("Say something").wait_for()
    assert caller.get_by_label("Refer caller to").is_hidden()
