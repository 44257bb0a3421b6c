"""Dial: the legs, the bridge, and its end."""

from __future__ import annotations

import pytest
from twilio.rest import Client

from midcall_emulator.client import Emulator, Phone
from tests.support.call_log import heard, warning_codes
from tests.support.scripted_app import ScriptedApp

NUMBER = "+14155550100"
ANN, BOB = "+15005550006", "+15005550007"


def only_leg(phone: Phone) -> Phone:
    [leg] = phone.legs
    return leg


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
    twilio.advance(10)
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


def test_a_whisper_is_heard_before_the_bridge(twilio: Emulator, app: ScriptedApp) -> None:
    app.on("/start", f'<Dial><Number url="/w">{ANN}</Number></Dial>')
    app.on("/w", '<Say>A call for you</Say><Pause length="2"/>')
    phone = twilio.dial(NUMBER)
    twilio.advance(2)
    leg = only_leg(phone)
    assert (heard(phone), heard(leg)) == (["ringback"], ["say(A call for you)"])
    params = app.visit("/w").params
    assert (params["CallSid"], params["ParentCallSid"], params["CallStatus"]) == (
        leg.sid,
        phone.sid,
        "in-progress",
    )
    twilio.advance(4)
    assert heard(phone) == ["ringback", f"bridge({leg.sid})"]


def test_a_whisper_may_decline_the_call(twilio: Emulator, app: ScriptedApp) -> None:
    app.on("/start", f'<Dial action="/done"><Number url="/w">{ANN}</Number></Dial>')
    app.on("/w", '<Gather numDigits="1" timeout="3" action="/accept"/><Hangup/>')
    phone = twilio.dial(NUMBER)
    twilio.advance(10)
    assert app.visit("/done").params["DialBridged"] == "false"
    assert heard(phone) == ["ringback"]


def test_dial_inside_a_whisper_is_an_error(twilio: Emulator, app: ScriptedApp) -> None:
    app.on("/start", f'<Dial><Number url="/w">{ANN}</Number></Dial>')
    app.on("/w", f"<Dial>{BOB}</Dial>")
    phone = twilio.dial(NUMBER)
    twilio.advance(20)
    assert 13201 in warning_codes(only_leg(phone))
    assert len(twilio.calls()) == 2


def test_a_leg_reports_its_status_callbacks(twilio: Emulator, app: ScriptedApp) -> None:
    events = "initiated ringing answered completed"
    app.on(
        "/start", f'<Dial><Number statusCallback="/leg" statusCallbackEvent="{events}">{ANN}</Number></Dial>'
    )
    phone = twilio.dial(NUMBER)
    twilio.advance(5)
    only_leg(phone).hangup()
    twilio.settle()
    visits = [visit.params for visit in app.visits if visit.path == "/leg"]
    assert [params["CallStatus"] for params in visits] == ["initiated", "ringing", "in-progress", "completed"]
    assert [params["SequenceNumber"] for params in visits] == ["0", "1", "2", "3"]
    assert {params["ParentCallSid"] for params in visits} == {phone.sid}
    assert [params.get("CallDuration") for params in visits] == [None, None, None, "3"]


@pytest.mark.parametrize(
    ("dial", "code"),
    [
        ("<Dial>nonsense</Dial>", 13223),
        (f'<Dial callerId="+19998887777">{ANN}</Dial>', 13214),
        ("<Dial><Application>AP1</Application></Dial>", 21218),
        ("<Dial><Echo/></Dial>", 13215),
        ("<Dial><Client/></Dial>", 13223),
    ],
)
def test_an_invalid_dial_fails_with_its_code(
    twilio: Emulator, app: ScriptedApp, dial: str, code: int
) -> None:
    app.on("/start", dial.replace("<Dial", '<Dial action="/done"', 1))
    phone = twilio.dial(NUMBER)
    twilio.settle()
    assert app.visit("/done").params["DialCallStatus"] == "failed"
    assert warning_codes(phone) == [code]


def test_legs_are_answered_and_rejected_manually(twilio: Emulator, app: ScriptedApp) -> None:
    twilio.people(ANN, "manual")
    app.on("/start", f"<Dial>{ANN}</Dial><Dial>{ANN}</Dial>")
    phone = twilio.dial(NUMBER).hears("ringback")
    only_leg(phone).reject("busy")
    phone.hears("ringback", times=2)
    phone.legs[1].answer()
    phone.hears("bridge")
    assert [leg.status for leg in phone.legs] == ["busy", "in-progress"]


@pytest.mark.parametrize(
    ("noun", "to"),
    [
        ("<Number>+1 (500) 555-0006</Number>", ANN),
        ("<Client>bob</Client>", "client:bob"),
        ("<Client><Identity>bob</Identity><Parameter name='a' value='b'/></Client>", "client:bob"),
        ("<Sip>sip:bob@example.com?x-a=1</Sip>", "sip:bob@example.com?x-a=1"),
        ("<Sim>DE0123456789abcdef</Sim>", "sim:DE0123456789abcdef"),
        ("<WhatsApp>+15005550006</WhatsApp>", f"whatsapp:{ANN}"),
    ],
)
def test_every_noun_dials_its_address(twilio: Emulator, app: ScriptedApp, noun: str, to: str) -> None:
    app.on("/start", f'<Dial action="/done">{noun}</Dial>')
    phone = twilio.dial(NUMBER)
    twilio.advance(3)
    leg = only_leg(phone)
    assert (leg.call["to"], leg.status, warning_codes(phone)) == (to, "in-progress", [])


@pytest.mark.parametrize(
    ("caller_id", "shown"), [("", "+15005550001"), (NUMBER, NUMBER), ("client:desk", "client:desk")]
)
def test_the_leg_shows_the_caller_id(twilio: Emulator, app: ScriptedApp, caller_id: str, shown: str) -> None:
    attribute = f'callerId="{caller_id}"' if caller_id else ""
    noun = f'<Number statusCallback="/leg" statusCallbackEvent="answered">{ANN}</Number>'
    app.on("/start", f"<Dial {attribute}>{noun}</Dial>")
    phone = twilio.dial(NUMBER, from_="+15005550001")
    twilio.advance(3)
    params = app.visit("/leg").params
    assert (params["From"], params["Caller"], only_leg(phone).call["from"]) == (shown, shown, shown)
