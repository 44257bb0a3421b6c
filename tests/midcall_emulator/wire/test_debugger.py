"""The error webhook of the account: each warning and error of a call, signed, in the form of Twilio's debugger."""

from __future__ import annotations

import json

from midcall_emulator.client import Emulator
from tests.support.emulator_calls import start_call
from tests.support.scripted_app import Answer, ScriptedApp


def test_an_error_of_a_call_is_reported_to_the_error_webhook(twilio: Emulator, app: ScriptedApp) -> None:
    twilio.switches(debugger_url=app.url("/debugger"))
    app.on("/gone", Answer("gone", 404))
    app.on("/debugger", Answer("", 204))
    phone = start_call(twilio, app, "<Redirect>/gone</Redirect>", 10)
    sent = app.visit("/debugger")
    assert (sent.method, sent.params["Level"], sent.params["PayloadType"]) == (
        "POST",
        "Error",
        "application/json",
    )
    assert sent.params["Sid"].startswith("NO")
    payload = json.loads(sent.params["Payload"])
    assert (payload["error_code"], payload["resource_sid"]) == ("11200", phone.sid)
    assert payload["webhook"]["request"]["url"] == app.url("/gone")
    assert payload["more_info"]["LogLevel"] == "ERROR"
    assert "debugger" not in {request["kind"] for request in phone.requests}


def test_an_error_webhook_that_fails_is_not_reported_to_itself(twilio: Emulator, app: ScriptedApp) -> None:
    twilio.switches(debugger_url=app.url("/debugger#rc=99"))
    app.on("/gone", Answer("gone", 404))
    app.on("/debugger", Answer("broken", 500))
    start_call(twilio, app, "<Redirect>/gone</Redirect>", 10)
    reports = app.paths().count("/debugger")
    twilio.advance(60)
    assert app.paths().count("/debugger") == reports
