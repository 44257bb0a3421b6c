"""Dial: the legs, the bridge, and its end."""

from __future__ import annotations

import pytest
from twilio.rest import Client

from midcall_emulator.client import Emulator
from tests.support.call_log import heard
from tests.support.emulator_calls import only_leg
from tests.support.scripted_app import ScriptedApp

NUMBER = "+14155550100"
ANN, BOB = "+15005550006", "+15005550007"


def test_a_number_as_text_is_dialed_and_the_next_verb_runs_after_it(
    twilio: Emulator, app: ScriptedApp, client: Client
) -> None:
    app.on("/start", f"<Dial>{ANN}</Dial><Play>x</Play>")
    phone = twilio.dial(NUMBER, from_="+15005550001")
    twilio.advance(2)
    leg = only_leg(phone)
    assert heard(phone) == ["ringback", f"bridge({leg.sid})"]
    assert heard(leg) == [f"bridge({phone.sid})"]
    shown = client.calls(leg.sid).fetch()
    assert (shown.parent_call_sid, shown.direction, shown.to) == (phone.sid, "outbound-dial", ANN)
    assert shown._from == "+15005550001"
    twilio.advance(10)
    leg.hangup()
    twilio.advance(30)
    assert heard(phone) == ["ringback", f"bridge({leg.sid})", "play(/x)"]
    assert (leg.status, leg.call["duration_seconds"]) == ("completed", 10)
    assert app.paths() == ["POST /start", "GET /x"]


def test_the_action_receives_the_outcome_and_replaces_the_document(
    twilio: Emulator, app: ScriptedApp
) -> None:
    app.on("/start", f'<Dial action="/done">{ANN}</Dial><Say>Never</Say>')
    app.on("/done", "<Say>Bye</Say>")
    phone = twilio.dial(NUMBER)
    twilio.advance(5)
    leg = only_leg(phone).hangup()
    twilio.advance(30)
    params = app.visit("/done").params
    assert (params["DialCallStatus"], params["DialCallSid"]) == ("completed", leg.sid)
    assert (params["DialCallDuration"], params["DialBridged"]) == ("3", "true")
    assert (params["CallSid"], params["CallStatus"]) == (phone.sid, "in-progress")
    assert heard(phone)[2:] == ["say(Bye)"]


@pytest.mark.parametrize("behaviour", ["busy", "no-answer", "failed"])
def test_the_action_reports_an_unsuccessful_dial(twilio: Emulator, app: ScriptedApp, behaviour: str) -> None:
    twilio.people(ANN, behaviour)
    app.on("/start", f'<Dial action="/done" timeout="10">{ANN}</Dial>')
    phone = twilio.dial(NUMBER)
    twilio.advance(15)
    params = app.visit("/done").params
    assert (params["DialCallStatus"], params["DialBridged"]) == (behaviour, "false")
    assert "DialCallDuration" not in params
    assert (only_leg(phone).status, heard(phone)) == (behaviour, ["ringback"])


@pytest.mark.parametrize(
    ("attribute", "extra", "seconds"), [('timeout="10"', 0, 10), ("", 0, 30), ('timeout="10"', 5, 15)]
)
def test_a_dial_rings_for_its_timeout(
    twilio: Emulator, app: ScriptedApp, attribute: str, extra: float, seconds: int
) -> None:
    twilio.switches(dial_timeout_extra_seconds=extra)
    twilio.people(ANN, "no-answer")
    app.on("/start", f"<Dial {attribute}>{ANN}</Dial><Say>No answer</Say>")
    phone = twilio.dial(NUMBER)
    twilio.advance(seconds - 0.1)
    assert heard(phone) == ["ringback"]
    twilio.advance(0.1)
    assert heard(phone) == ["ringback", "say(No answer)"]


def test_sequential_dials_one_number_after_the_other(twilio: Emulator, app: ScriptedApp) -> None:
    twilio.people(ANN, "busy", 3)
    twilio.people(BOB, "answer", 4)
    app.on("/start", f'<Dial sequential="true"><Number>{ANN}</Number><Number>{BOB}</Number></Dial>')
    phone = twilio.dial(NUMBER)
    twilio.advance(2)
    assert [leg.call["to"] for leg in phone.legs] == [ANN]
    twilio.advance(5)
    assert [leg.status for leg in phone.legs] == ["busy", "in-progress"]
    assert heard(phone) == ["ringback", f"bridge({phone.legs[1].sid})"]


def test_simultaneous_legs_are_canceled_by_the_first_answer(twilio: Emulator, app: ScriptedApp) -> None:
    twilio.people(ANN, "answer", 5)
    twilio.people(BOB, "answer", 4)
    app.on("/start", f"<Dial><Number>{ANN}</Number><Client>bob</Client><Number>{BOB}</Number></Dial>")
    twilio.people("client:bob", "manual")
    phone = twilio.dial(NUMBER)
    twilio.advance(10)
    assert [leg.status for leg in phone.legs] == ["canceled", "canceled", "in-progress"]


def test_a_hangup_while_ringing_cancels_the_leg(twilio: Emulator, app: ScriptedApp) -> None:
    twilio.people(ANN, "manual")
    app.on("/start", f'<Dial action="/done">{ANN}</Dial>')
    app.on("/done", "<Say>Never</Say>")
    phone = twilio.dial(NUMBER)
    twilio.advance(3)
    phone.hangup()
    twilio.advance(30)
    assert (phone.status, only_leg(phone).status, heard(phone)) == ("completed", "canceled", ["ringback"])
    params = app.visit("/done").params
    assert (params["CallStatus"], params["DialCallStatus"]) == ("completed", "canceled")


def test_the_time_limit_ends_the_bridge(twilio: Emulator, app: ScriptedApp) -> None:
    app.on("/start", f'<Dial action="/done" timeLimit="10">{ANN}</Dial>')
    phone = twilio.dial(NUMBER)
    twilio.advance(12)
    assert app.visit("/done").params["DialCallStatus"] == "completed"
    assert app.visit("/done").params["DialCallDuration"] == "10"
    assert only_leg(phone).status == "completed"


def test_hangup_on_star_ends_the_bridge(twilio: Emulator, app: ScriptedApp) -> None:
    app.on("/start", f'<Dial hangupOnStar="true">{ANN}</Dial><Say>Back</Say>')
    phone = twilio.dial(NUMBER)
    twilio.advance(3)
    phone.press("1")
    assert phone.status == "in-progress"
    phone.press("*").hears("Back")
    assert heard(only_leg(phone))[1:] == ["dtmf(1)", "dtmf(*)"]
    assert only_leg(phone).status == "completed"


def test_answer_on_bridge_answers_the_caller_with_the_leg(twilio: Emulator, app: ScriptedApp) -> None:
    app.on("/start", f'<Dial answerOnBridge="true">{ANN}</Dial>')
    phone = twilio.dial(NUMBER)
    twilio.advance(1)
    assert phone.status == "ringing"
    twilio.advance(1)
    assert phone.status == "in-progress"


@pytest.mark.parametrize(("behaviour", "status"), [("busy", "busy"), ("no-answer", "no-answer")])
def test_answer_on_bridge_without_answer_takes_the_status_of_the_leg(
    twilio: Emulator, app: ScriptedApp, behaviour: str, status: str
) -> None:
    twilio.people(ANN, behaviour)
    app.on("/start", f'<Dial answerOnBridge="true">{ANN}</Dial>')
    phone = twilio.dial(NUMBER)
    twilio.advance(40)
    assert phone.status == status


def test_legs_are_answered_and_rejected_manually(twilio: Emulator, app: ScriptedApp) -> None:
    twilio.people(ANN, "manual")
    app.on("/start", f"<Dial>{ANN}</Dial><Dial>{ANN}</Dial>")
    phone = twilio.dial(NUMBER).hears("ringback")
    only_leg(phone).reject("busy")
    phone.hears("ringback", times=2)
    phone.legs[1].answer()
    phone.hears("bridge")
    assert [leg.status for leg in phone.legs] == ["busy", "in-progress"]
