"""The nouns of Dial: addresses, whispers, status callbacks and invalid nouns."""

from __future__ import annotations

import pytest

from midcall_emulator.client import Emulator
from tests.support.call_log import heard, warning_codes
from tests.support.emulator_calls import only_leg
from tests.support.scripted_app import ScriptedApp

NUMBER = "+14155550100"
ANN, BOB = "+15005550006", "+15005550007"


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
    name, target = ("Client", "ann") if shown.startswith("client:") else ("Number", ANN)
    noun = f'<{name} statusCallback="/leg" statusCallbackEvent="answered">{target}</{name}>'
    app.on("/start", f"<Dial {attribute}>{noun}</Dial>")
    phone = twilio.dial(NUMBER, from_="+15005550001")
    twilio.advance(3)
    params = app.visit("/leg").params
    assert (params["From"], params["Caller"], only_leg(phone).call["from"]) == (shown, shown, shown)
