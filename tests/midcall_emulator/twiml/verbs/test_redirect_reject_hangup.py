"""Redirect, Reject and Hangup."""

from __future__ import annotations

import pytest
from twilio.rest import Client

from midcall_emulator.client import Emulator
from tests.support.call_log import heard, warning_codes
from tests.support.scripted_app import ScriptedApp

NUMBER = "+14155550100"


def test_a_relative_redirect_is_resolved_and_ends_the_document(
    twilio: Emulator, app: ScriptedApp, client: Client
) -> None:
    client.incoming_phone_numbers.list()[0].update(voice_url=app.url("/a/start"))
    app.on("/a/start", '<Redirect method="GET">../n</Redirect><Say>Never</Say>')
    phone = twilio.dial(NUMBER)
    twilio.advance(30)
    assert (app.paths(), heard(phone)) == (["POST /a/start", "GET /n"], [])
    assert app.visit("/n").params["CallStatus"] == "in-progress"


def test_an_empty_redirect_is_an_error(twilio: Emulator, app: ScriptedApp) -> None:
    app.on("/start", "<Redirect/>")
    phone = twilio.dial(NUMBER)
    twilio.advance(10)
    assert (app.paths(), warning_codes(phone), heard(phone)) == (["POST /start"], [11100], ["apology"])


def test_an_empty_redirect_loops_if_the_switch_says_so(twilio: Emulator, app: ScriptedApp) -> None:
    twilio.switches(empty_redirect="loop")
    app.on("/start", "<Redirect/>", "<Say>Again</Say>")
    twilio.dial(NUMBER).hears("Again")
    assert app.paths() == ["POST /start", "POST /start"]


@pytest.mark.parametrize(
    ("verb", "status", "sounds"),
    [("<Reject/>", "no-answer", []), ('<Reject reason="busy"/>', "busy", ["busy"])],
)
def test_a_leading_reject_ends_the_call_unanswered(
    twilio: Emulator, app: ScriptedApp, verb: str, status: str, sounds: list[str]
) -> None:
    app.on("/start", verb + "<Say>Never</Say>")
    phone = twilio.dial(NUMBER)
    twilio.advance(10)
    assert (phone.status, heard(phone), phone.call["answered_at"]) == (status, sounds, None)
    assert app.visit("/status").params["CallStatus"] == status
    assert "CallDuration" not in app.visit("/status").params


def test_a_later_reject_is_a_hangup(twilio: Emulator, app: ScriptedApp) -> None:
    app.on("/start", "<Say>Hi</Say><Reject/><Say>Never</Say>")
    phone = twilio.dial(NUMBER)
    twilio.advance(10)
    assert (phone.status, heard(phone)) == ("completed", ["say(Hi)"])


def test_a_leading_hangup_answers_the_call(twilio: Emulator, app: ScriptedApp) -> None:
    app.on("/start", "<Hangup/><Say>Never</Say>")
    phone = twilio.dial(NUMBER)
    twilio.settle()
    assert (phone.status, heard(phone)) == ("completed", [])
    assert phone.call["answered_at"] is not None


def test_the_end_of_a_call_is_reported_once(twilio: Emulator, app: ScriptedApp) -> None:
    app.on("/start", '<Pause length="61"/><Say>Hi</Say><Pause length="90"/>')
    twilio.dial(NUMBER)
    twilio.advance(300)
    [visit] = [visit for visit in app.visits if visit.path == "/status"]
    assert visit.params["CallStatus"] == "completed"
    assert (visit.params["CallDuration"], visit.params["Duration"]) == ("90", "2")
    assert (visit.params["SequenceNumber"], visit.params["CallbackSource"]) == ("0", "call-progress-events")
    assert visit.params["Timestamp"].endswith("+0000")
