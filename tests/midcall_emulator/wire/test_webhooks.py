"""Requests for a document: parameters, headers, and the URL."""

from __future__ import annotations

import pytest
from twilio.rest import Client

from midcall_emulator.client import Emulator
from tests.support.call_log import heard, warning_codes
from tests.support.emulator_calls import configure_number, run_call
from tests.support.scripted_app import ScriptedApp

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


def test_the_first_request_carries_the_standard_parameters(twilio: Emulator, app: ScriptedApp) -> None:
    app.on("/start", "<Say>Hi</Say>")
    phone = run_call(twilio)
    visit = app.visit("/start")
    assert visit.params.keys() >= STANDARD
    assert (
        visit.params
        | {
            "CallSid": phone.sid,
            "CallStatus": "ringing",
            "Direction": "inbound",
            "From": "+15005550001",
            "Caller": "+15005550001",
            "To": NUMBER,
            "FromCity": "",
            "ApiVersion": "2010-04-01",
        }
        == visit.params
    )
    assert visit.headers["user-agent"] == "TwilioProxy/1.1"
    assert visit.headers["content-type"].startswith("application/x-www-form-urlencoded")
    assert "i-twilio-idempotency-token" not in visit.headers
    assert (app.paths(), heard(phone), phone.status) == (["POST /start"], ["say(Hi)"], "completed")


def test_get_puts_the_parameters_into_the_query(twilio: Emulator, app: ScriptedApp, client: Client) -> None:
    configure_number(client, voice_url=app.url("/start?b=2&a=1"), voice_method="GET")
    run_call(twilio)
    visit = app.visit("/start")
    assert visit.method == "GET"
    assert visit.target.startswith("/start?b=2&a=1&CallSid=CA")
    assert visit.params.keys() >= STANDARD


def test_post_leaves_the_query_unchanged(twilio: Emulator, app: ScriptedApp, client: Client) -> None:
    configure_number(client, voice_url=app.url("/start?b=2&a=caf%C3%A9&u=https%3A%2F%2Fx"))
    run_call(twilio)
    assert app.visit("/start").target == "/start?b=2&a=caf%C3%A9&u=https%3A%2F%2Fx"
    assert "b" not in app.visit("/start").params


@pytest.mark.parametrize("url", ["http://[nonsense/", "http://h:99999/", "mailto:a@b", "http:///x"])
def test_an_invalid_url_is_an_error(twilio: Emulator, app: ScriptedApp, url: str) -> None:
    app.on("/start", f"<Redirect>{url}</Redirect>")
    phone = run_call(twilio)
    assert (warning_codes(phone), heard(phone), phone.status) == ([11100], ["apology"], "completed")


def test_a_number_without_voice_url_fails_the_call_without_requests(
    twilio: Emulator, app: ScriptedApp, client: Client
) -> None:
    configure_number(client, voice_url="")
    phone = run_call(twilio)
    assert (phone.status, app.paths(status=True)) == ("failed", [])


def test_later_requests_carry_no_digits(twilio: Emulator, app: ScriptedApp) -> None:
    app.on("/start", '<Gather action="/a" numDigits="1"/>')
    app.on("/a", "<Redirect>/n</Redirect>")
    twilio.dial(NUMBER).press("1")
    twilio.settle()
    assert not app.visit("/n").params.keys() & {"Digits", "FinishedOnKey", "msg"}


def test_carrier_parameters_are_sent_with_every_request(
    twilio: Emulator, app: ScriptedApp, client: Client
) -> None:
    app.on("/start", "<Redirect>/next</Redirect>")
    carrier = {"ForwardedFrom": "+15005550009", "CallerName": "ANN", "StirVerstat": "TN-Validation-Passed-A"}
    phone = twilio.dial(NUMBER, **carrier, FromCity="PARIS", CallSid="CA0", Direction="sideways")
    twilio.advance(5)
    for path in ("/start", "/next", "/status"):
        params = app.visit(path).params
        assert {name: params[name] for name in carrier} == carrier
        assert (params["FromCity"], params["ToCity"]) == ("PARIS", "")
        assert (params["CallSid"], params["Direction"]) == (phone.sid, "inbound")
    shown = client.calls(phone.sid).fetch()
    assert (shown.forwarded_from, shown.caller_name) == ("+15005550009", "ANN")


def test_optional_parameters_are_absent_by_default(twilio: Emulator, app: ScriptedApp) -> None:
    run_call(twilio)
    absent = {
        "ForwardedFrom",
        "CallerName",
        "StirVerstat",
        "ParentCallSid",
        "ApplicationSid",
        "AnsweredBy",
        "CallToken",
    }
    assert not app.visit("/start").params.keys() & absent
