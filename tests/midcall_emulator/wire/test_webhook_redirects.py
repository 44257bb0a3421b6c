"""HTTP redirects of a request for a document."""

from __future__ import annotations

import pytest

from midcall_emulator.client import Emulator
from tests.support.call_log import heard, warning_codes
from tests.support.emulator_calls import run_call
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


def test_a_redirect_becomes_a_get_without_the_form(twilio: Emulator, app: ScriptedApp) -> None:
    app.on("/start", '<Gather action="/a/old" numDigits="1"/>')
    app.on("/a/old", Answer("", status=302, headers={"Location": "/b/new"}))
    app.on("/b/new", "<Redirect>next</Redirect>")
    twilio.dial(NUMBER).press("1")
    twilio.settle()
    assert app.paths() == ["POST /start", "POST /a/old", "GET /b/new", "POST /b/next"]
    assert "Digits" in app.visit("/a/old").params
    assert "Digits" not in app.visit("/b/new").params
    assert app.visit("/b/new").params.keys() >= STANDARD


def test_too_many_redirects_are_an_error(twilio: Emulator, app: ScriptedApp) -> None:
    app.on("/start", Answer("", status=301, headers={"Location": "/start"}))
    phone = run_call(twilio)
    assert warning_codes(phone) == [11215]
    assert len(app.paths()) == 11


def test_ten_redirects_are_followed(twilio: Emulator, app: ScriptedApp) -> None:
    for step in range(10):
        app.on(f"/r{step}", Answer("", status=302, headers={"Location": f"/r{step + 1}"}))
    app.on("/start", "<Redirect>/r0</Redirect>")
    app.on("/r10", "<Say>There</Say>")
    phone = run_call(twilio)
    assert (heard(phone), app.paths()[-1]) == (["say(There)"], "GET /r10")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_every_redirect_status_becomes_a_get(twilio: Emulator, app: ScriptedApp, status: int) -> None:
    app.on("/start", Answer("", status=status, headers={"Location": "moved/here?x=1"}))
    app.on("/moved/here", "<Redirect>next</Redirect>")
    run_call(twilio)
    assert app.paths() == ["POST /start", "GET /moved/here", "POST /moved/next"]
    assert app.visit("/moved/here").params["x"] == "1"
    assert app.visit("/moved/here").params.keys() >= STANDARD
