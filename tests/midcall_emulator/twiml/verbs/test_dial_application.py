"""Dial to a TwiML app: a call of its own, whose documents the caller hears and answers."""

from __future__ import annotations

from typing import Any

import pytest
from twilio.rest import Client

from midcall_emulator.client import Emulator, Phone
from midcall_emulator.settings import ACCOUNT
from tests.support.listening import codes, heard
from tests.support.scripted_app import Line, ScriptedApp

NUMBER = "+14155550100"
ANN, BOB = "+15005550006", "+15005550007"


@pytest.fixture
def desk(app: ScriptedApp, client: Client) -> str:
    """The sid of a TwiML app."""
    made = client.applications.create(
        voice_url=app.url("/desk"),
        voice_fallback_url=app.url("/desk-fallback"),
        status_callback=app.url("/desk-status"),
    )
    return made.sid


def to(sid: str, more: str = "", inside: str = "") -> str:
    return f"<Application {more}><ApplicationSid>{sid}</ApplicationSid>{inside}</Application>"


def dialled(
    twilio: Emulator, app: ScriptedApp, noun: str, dial: str = 'action="/done"'
) -> tuple[Phone, Phone]:
    """A caller whose number dials an app, and the leg to it."""
    app.on("/start", f"<Dial {dial}>{noun}</Dial>")
    phone = twilio.dial(NUMBER, from_="+15005550001")
    twilio.settle()
    [leg] = phone.legs
    return phone, leg


def told(app: ScriptedApp, path: str, *names: str) -> list[Any]:
    return [app.visit(path).params.get(name) for name in names]


def test_the_caller_hears_the_app_and_answers_it(twilio: Emulator, app: ScriptedApp, desk: str) -> None:
    app.on("/desk", '<Gather numDigits="1" action="/chosen" input="dtmf speech"><Say>Choose</Say></Gather>')
    app.on("/chosen", "<Say>Chosen</Say>")
    phone, leg = dialled(twilio, app, to(desk))
    assert heard(phone) == ["ringback", f"bridge({leg.sid})", "say(Choose)"]
    phone.press("7")
    twilio.advance(1)
    assert told(app, "/chosen", "CallSid", "Digits") == [leg.sid, "7"]
    assert heard(leg) == ["say(Choose)", "say(Chosen)"]
    assert heard(phone)[2:] == heard(leg)
    twilio.advance(5)
    assert (leg.status, phone.status) == ("completed", "completed")
    assert told(app, "/done", "CallSid", "DialCallSid", "DialCallStatus", "DialBridged") == [
        phone.sid,
        leg.sid,
        "completed",
        "true",
    ]


def test_the_caller_talks_to_the_app(twilio: Emulator, app: ScriptedApp, desk: str) -> None:
    app.on("/desk", '<Gather action="/chosen" input="speech" speechTimeout="1"/>')
    phone, leg = dialled(twilio, app, to(desk))
    phone.speak("sales", 1)
    twilio.advance(3)
    assert told(app, "/chosen", "CallSid", "SpeechResult") == [leg.sid, "sales"]


def test_what_the_app_is_told(twilio: Emulator, app: ScriptedApp, client: Client, desk: str) -> None:
    app.on("/desk", "<Say>Hi</Say><Redirect>/more</Redirect>")
    phone, leg = dialled(twilio, app, to(desk, inside='<Parameter name="Ticket" value="9 8"/>'))
    names = ("CallSid", "ParentCallSid", "From", "To", "Direction", "CallStatus", "ApplicationSid")
    assert told(app, "/desk", *names) == [
        leg.sid, phone.sid, "+15005550001", desk, "inbound", "ringing", desk,
    ]  # fmt: skip
    assert told(app, "/desk", "Param_Ticket", "CustomerId") == ["9 8", ACCOUNT]
    shown = client.calls(leg.sid).fetch()
    assert (shown.parent_call_sid, shown.direction, shown.to) == (phone.sid, "inbound", desk)
    twilio.advance(5)
    assert told(app, "/more", "Param_Ticket", "CustomerId") == [None, None]


def test_customer_id_and_the_parents_to(twilio: Emulator, app: ScriptedApp, desk: str) -> None:
    _, leg = dialled(twilio, app, to(desk, 'customerId="Ann &amp; Co" copyParentTo="true"'))
    assert told(app, "/desk", "To", "CustomerId") == [NUMBER, "Ann & Co"]
    assert leg.call["to"] == NUMBER


@pytest.mark.parametrize(
    ("document", "status", "bridged"),
    [
        ('<Reject reason="busy"><Parameter name="Why" value="full"/></Reject>', "busy", "false"),
        ('<Say>Bye</Say><Hangup><Parameter name="Why" value="full"/></Hangup>', "completed", "true"),
    ],
)
def test_what_the_app_gives_back(
    twilio: Emulator, app: ScriptedApp, desk: str, document: str, status: str, bridged: str
) -> None:
    app.on("/desk", document)
    dialled(twilio, app, to(desk))
    twilio.advance(2)
    assert told(app, "/done", "DialCallStatus", "DialBridged", "ReturnParam_Why") == [status, bridged, "full"]


def test_an_app_that_does_not_answer_in_time(twilio: Emulator, app: ScriptedApp, desk: str) -> None:
    app.on("/desk", '<Pause length="60"/><Say>Too late</Say>')
    phone, leg = dialled(twilio, app, to(desk), 'action="/done" timeout="10"')
    twilio.advance(11)
    assert (told(app, "/done", "DialCallStatus"), leg.status) == (["no-answer"], "no-answer")
    assert heard(phone) == ["ringback"]


def test_the_apps_fallback_and_status_callback(twilio: Emulator, app: ScriptedApp, desk: str) -> None:
    app.on("/desk", Line(status=500))
    app.on("/desk-fallback", "<Say>Sorry</Say>")
    phone, leg = dialled(twilio, app, to(desk))
    twilio.advance(5)
    assert "say(Sorry)" in heard(phone)
    assert told(app, "/desk-status", "CallSid", "CallStatus") == [leg.sid, "completed"]


def test_the_nouns_own_status_callback(twilio: Emulator, app: ScriptedApp, desk: str) -> None:
    events = 'statusCallback="/leg" statusCallbackEvent="initiated ringing answered completed"'
    app.on("/desk", Line(status=500))
    dialled(twilio, app, to(desk, events))
    twilio.advance(5)
    seen = [visit.params["CallStatus"] for visit in app.visits if visit.path == "/leg"]
    assert seen == ["initiated", "ringing", "in-progress", "completed"]
    assert app.paths(status=True).count("POST /desk-fallback") == 1
    assert "POST /desk-status" not in app.paths(status=True)


def test_an_app_may_dial_on(twilio: Emulator, app: ScriptedApp, desk: str) -> None:
    app.on("/desk", f"<Say>One moment</Say><Dial>{ANN}</Dial>")
    phone, leg = dialled(twilio, app, to(desk))
    twilio.advance(5)
    [ann] = leg.legs
    assert heard(phone)[2:] == ["say(One moment)", "ringback", f"bridge({ann.sid})"]
    phone.press("5")
    ann.press("6")
    assert (heard(ann)[-1], heard(phone)[-1]) == ("dtmf(5)", "dtmf(6)")
    phone.hangup()
    twilio.settle()
    assert (leg.status, ann.status) == ("completed", "completed")


def test_the_apps_leg_is_sent_somewhere_else(
    twilio: Emulator, app: ScriptedApp, client: Client, desk: str
) -> None:
    app.on("/desk", '<Say>Hi</Say><Pause length="60"/>')
    phone, leg = dialled(twilio, app, to(desk))
    client.calls(leg.sid).update(twiml="<Response><Say>Elsewhere</Say></Response>")
    twilio.advance(1)
    assert heard(phone)[-1] == "say(Elsewhere)"
    twilio.advance(5)
    assert told(app, "/done", "DialCallStatus", "DialBridged") == ["completed", "true"]


def test_the_star_ends_the_app(twilio: Emulator, app: ScriptedApp, desk: str) -> None:
    app.on("/desk", '<Say>Hi</Say><Pause length="60"/>')
    phone, leg = dialled(twilio, app, to(desk), 'hangupOnStar="true"')
    phone.press("*")
    twilio.settle()
    assert (leg.status, phone.status) == ("completed", "completed")


def test_an_app_is_dialled_alone(twilio: Emulator, app: ScriptedApp, desk: str) -> None:
    phone, leg = dialled(twilio, app, f"<Number>{BOB}</Number>{to(desk)}")
    assert (leg.call["to"], codes(phone)) == (desk, [12200])
