"""The fallback URL of a call."""

from __future__ import annotations

from twilio.rest import Client

from midcall_emulator.client import Emulator
from tests.support.call_log import heard
from tests.support.emulator_calls import configure_number, run_call
from tests.support.scripted_app import Answer, ScriptedApp

NUMBER = "+14155550100"
STANDARD = {
    "CallSid",
    "AccountSid",
    "From",
    "To",
    "Caller",
    "Called",
    "Direction",
    "CallStatus",
    "ApiVersion",
}


def test_the_fallback_receives_error_code_and_url(twilio: Emulator, app: ScriptedApp, client: Client) -> None:
    configure_number(client, voice_fallback_url=app.url("/fb"))
    app.on("/start", "Foobar")
    app.on("/start", Answer("Foobar"))
    app.on("/fb", "<Say>Sorry</Say>")
    phone = run_call(twilio)
    assert app.paths() == ["POST /start", "POST /fb"]
    assert app.visit("/fb").params.keys() >= STANDARD
    assert app.visit("/fb").params["ErrorCode"] == "12100"
    assert app.visit("/fb").params["ErrorUrl"] == app.url("/start")
    assert (heard(phone), phone.status) == (["say(Sorry)"], "completed")


def test_a_failing_fallback_ends_in_an_apology(twilio: Emulator, app: ScriptedApp, client: Client) -> None:
    configure_number(client, voice_fallback_url=app.url("/fb"))
    app.on("/start", Answer(status=500))
    app.on("/fb", Answer(status=500))
    phone = run_call(twilio)
    assert (app.paths(), heard(phone)) == (["POST /start", "POST /fb"], ["apology"])


def test_a_failing_action_leads_to_the_fallback(twilio: Emulator, app: ScriptedApp, client: Client) -> None:
    configure_number(client, voice_fallback_url=app.url("/fb"))
    app.on("/start", '<Gather action="/a" numDigits="1"/>')
    app.on("/a", Answer(status=500))
    app.on("/fb", "<Say>Sorry</Say>")
    phone = twilio.dial(NUMBER).press("1").hears("Sorry")
    assert app.paths() == ["POST /start", "POST /a", "POST /fb"]
    assert app.visit("/fb").params["ErrorUrl"] == app.url("/a")
    assert heard(phone) == ["say(Sorry)"]


def test_the_fallback_works_with_get_and_after_a_failed_verb(
    twilio: Emulator, app: ScriptedApp, client: Client
) -> None:
    configure_number(client, voice_fallback_url=app.url("/fb?own=1"), voice_fallback_method="GET")
    app.on("/start", "<Say>Hi</Say><Redirect/>")
    app.on("/fb", "<Say>Sorry</Say>")
    phone = run_call(twilio)
    assert (app.paths(), heard(phone)) == (["POST /start", "GET /fb"], ["say(Hi)", "say(Sorry)"])
    params = app.visit("/fb").params
    assert (params["own"], params["ErrorCode"], params["ErrorUrl"]) == ("1", "11100", app.url("/start"))
    assert params["CallStatus"] == "in-progress"
