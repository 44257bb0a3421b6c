"""Unresponsive apps and very long documents: the emulator continues and reports them."""

from __future__ import annotations

from twilio.rest import Client

from midcall_emulator.client import Emulator
from tests.support.call_log import heard, warning_codes
from tests.support.scripted_app import Answer, ScriptedApp

NUMBER = "+14155550100"
ANN = "+15005550006"
CALLS = 100


def test_an_unresponsive_app_does_not_delay_other_calls(
    twilio: Emulator, app: ScriptedApp, client: Client
) -> None:
    app.on("/start", Answer(wait=True, drop=True))
    app.on("/other", "<Say>Hi</Say>")
    twilio.clock(mode="real", speed=1000)
    waiting = [twilio.dial(NUMBER) for _ in range(CALLS)]
    other = client.calls.create(to=ANN, from_=NUMBER, url=app.url("/other"))
    twilio.phone(str(other.sid)).hears("Hi").waits_for(status="completed")
    assert twilio.clock()["busy"] >= CALLS
    assert {phone.status for phone in waiting} == {"ringing"}
    app.release.set()
    for phone in waiting:
        phone.waits_for(status="completed", timeout=30)
        assert (warning_codes(phone), heard(phone)) == ([11206], ["apology"])


def test_ten_thousand_verbs_in_one_document_run(twilio: Emulator, app: ScriptedApp) -> None:
    app.on("/start", "<Say/>" * 10_000 + "<Redirect>/next</Redirect>")
    app.on("/next", "<Say>Next</Say>")
    phone = twilio.dial(NUMBER)
    twilio.advance(60)
    assert (heard(phone), phone.status) == (["say(Next)"], "completed")
    assert warning_codes(phone) == [13520] * 10_000
