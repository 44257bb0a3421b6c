"""Two whole calls: dialed, answered by the app, updated over REST while they run, ended."""

from __future__ import annotations

from twilio.rest import Client

from midcall_emulator.client import Emulator
from tests.support.scripted_app import ScriptedApp


def test_a_caller_goes_through_a_menu_and_is_redirected(
    twilio: Emulator, app: ScriptedApp, client: Client
) -> None:
    app.on(
        "/start",
        '<Say>Welcome</Say><Gather action="/menu" numDigits="1"><Say>Press 1 for Sales</Say></Gather>',
    )
    app.on("/menu", "<Say>Sales</Say><Redirect>/hold</Redirect>")
    app.on("/hold", '<Play loop="0">/music.mp3</Play>')
    phone = twilio.dial("+14155550100", from_="+15005550001")
    phone.hears("Welcome")
    assert phone.status == "in-progress"
    twilio.advance(1)
    phone.hears("Press 1").press("1").hears("Sales")
    assert app.visit("/menu").params["Digits"] == "1"
    twilio.advance(3600)
    assert phone.call["verb"] == "Play"

    moved = client.calls(phone.sid).update(url=app.url("/news"), method="GET")
    assert moved.status == "in-progress"
    phone.waits_for(requests="/news", status="completed")
    assert app.paths() == ["POST /start", "POST /menu", "POST /hold", "GET /music.mp3", "GET /news"]
    twilio.settle()
    assert app.visit("/status").params["CallStatus"] == "completed"


def test_inline_twiml_replaces_the_document_and_status_ends_the_call(
    twilio: Emulator, app: ScriptedApp, client: Client
) -> None:
    app.on("/start", '<Play loop="0">/music.mp3</Play>')
    phone = twilio.dial("+14155550100").hears("music")
    client.calls(phone.sid).update(twiml="<Response><Say>New</Say><Pause length='60'/></Response>")
    phone.hears("New")
    twilio.advance(5)
    assert client.calls(phone.sid).update(status="completed").status == "completed"
    twilio.settle()
    assert phone.status == "completed"
