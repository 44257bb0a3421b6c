"""Dial to a TwiML application: a call of its own, whose documents the caller hears and answers."""

from __future__ import annotations

from typing import Any

import pytest
from twilio.rest import Client

from midcall_emulator.client import Emulator, Phone
from midcall_emulator.settings import ACCOUNT
from tests.support.call_log import heard, warning_codes
from tests.support.scripted_app import Answer, ScriptedApp

NUMBER = "+14155550100"
ANN, BOB = "+15005550006", "+15005550007"


@pytest.fixture
def desk(app: ScriptedApp, client: Client) -> str:
    """The sid of a TwiML application."""
    made = client.applications.create(
        voice_url=app.url("/desk"),
        voice_fallback_url=app.url("/desk-fallback"),
        status_callback=app.url("/desk-status"),
    )
    return made.sid


def application_noun(sid: str, more: str = "", inside: str = "") -> str:
    return f"<Application {more}><ApplicationSid>{sid}</ApplicationSid>{inside}</Application>"


def dial_application(
    twilio: Emulator, app: ScriptedApp, noun: str, dial: str = 'action="/done"'
) -> tuple[Phone, Phone]:
    """Return a caller whose document dials an application, and the leg to it."""
    app.on("/start", f"<Dial {dial}>{noun}</Dial>")
    phone = twilio.dial(NUMBER, from_="+15005550001")
    twilio.settle()
    [leg] = phone.legs
    return phone, leg


def parameters(app: ScriptedApp, path: str, *names: str) -> list[Any]:
    return [app.visit(path).params.get(name) for name in names]


def test_the_caller_hears_the_application_and_presses_keys_for_it(
    twilio: Emulator, app: ScriptedApp, desk: str
) -> None:
    app.on("/desk", '<Gather numDigits="1" action="/chosen" input="dtmf speech"><Say>Choose</Say></Gather>')
    app.on("/chosen", "<Say>Chosen</Say>")
    phone, leg = dial_application(twilio, app, application_noun(desk))
    assert heard(phone) == ["ringback", f"bridge({leg.sid})", "say(Choose)"]
    phone.press("7")
    twilio.advance(1)
    assert parameters(app, "/chosen", "CallSid", "Digits") == [leg.sid, "7"]
    assert heard(leg) == ["say(Choose)", "say(Chosen)"]
    assert heard(phone)[2:] == heard(leg)
    twilio.advance(5)
    assert (leg.status, phone.status) == ("completed", "completed")
    assert parameters(app, "/done", "CallSid", "DialCallSid", "DialCallStatus", "DialBridged") == [
        phone.sid,
        leg.sid,
        "completed",
        "true",
    ]


def test_the_caller_talks_to_the_application(twilio: Emulator, app: ScriptedApp, desk: str) -> None:
    app.on("/desk", '<Gather action="/chosen" input="speech" speechTimeout="1"/>')
    phone, leg = dial_application(twilio, app, application_noun(desk))
    phone.speak("sales", 1)
    twilio.advance(3)
    assert parameters(app, "/chosen", "CallSid", "SpeechResult") == [leg.sid, "sales"]


def test_the_application_receives_parent_sid_and_custom_parameters(
    twilio: Emulator, app: ScriptedApp, client: Client, desk: str
) -> None:
    app.on("/desk", "<Say>Hi</Say><Redirect>/more</Redirect>")
    phone, leg = dial_application(
        twilio, app, application_noun(desk, inside='<Parameter name="Ticket" value="9 8"/>')
    )
    names = ("CallSid", "ParentCallSid", "From", "To", "Direction", "CallStatus", "ApplicationSid")
    assert parameters(app, "/desk", *names) == [
        leg.sid, phone.sid, "+15005550001", desk, "inbound", "ringing", desk,
    ]  # fmt: skip
    assert parameters(app, "/desk", "Param_Ticket", "CustomerId") == ["9 8", ACCOUNT]
    shown = client.calls(leg.sid).fetch()
    assert (shown.parent_call_sid, shown.direction, shown.to) == (phone.sid, "inbound", desk)
    twilio.advance(5)
    assert parameters(app, "/more", "Param_Ticket", "CustomerId") == [None, None]


def test_customer_id_and_copy_parent_to_reach_the_application(
    twilio: Emulator, app: ScriptedApp, desk: str
) -> None:
    _, leg = dial_application(
        twilio, app, application_noun(desk, 'customerId="Ann &amp; Co" copyParentTo="true"')
    )
    assert parameters(app, "/desk", "To", "CustomerId") == [NUMBER, "Ann & Co"]
    assert leg.call["to"] == NUMBER


@pytest.mark.parametrize(
    ("document", "status", "bridged"),
    [
        ('<Reject reason="busy"><Parameter name="Why" value="full"/></Reject>', "busy", "false"),
        ('<Say>Bye</Say><Hangup><Parameter name="Why" value="full"/></Hangup>', "completed", "true"),
    ],
)
def test_reject_and_hangup_return_parameters_to_the_parent(
    twilio: Emulator, app: ScriptedApp, desk: str, document: str, status: str, bridged: str
) -> None:
    app.on("/desk", document)
    dial_application(twilio, app, application_noun(desk))
    twilio.advance(2)
    assert parameters(app, "/done", "DialCallStatus", "DialBridged", "ReturnParam_Why") == [
        status,
        bridged,
        "full",
    ]


def test_an_application_that_does_not_answer_times_out(twilio: Emulator, app: ScriptedApp, desk: str) -> None:
    app.on("/desk", '<Pause length="60"/><Say>Too late</Say>')
    phone, leg = dial_application(twilio, app, application_noun(desk), 'action="/done" timeout="10"')
    twilio.advance(16)
    assert (parameters(app, "/done", "DialCallStatus"), leg.status) == (["no-answer"], "no-answer")
    assert heard(phone) == ["ringback"]


def test_the_application_has_its_own_fallback_and_status_callback(
    twilio: Emulator, app: ScriptedApp, desk: str
) -> None:
    app.on("/desk", Answer(status=500))
    app.on("/desk-fallback", "<Say>Sorry</Say>")
    phone, leg = dial_application(twilio, app, application_noun(desk))
    twilio.advance(5)
    assert "say(Sorry)" in heard(phone)
    assert parameters(app, "/desk-status", "CallSid", "CallStatus") == [leg.sid, "completed"]


def test_a_status_callback_on_the_noun_replaces_that_of_the_application(
    twilio: Emulator, app: ScriptedApp, desk: str
) -> None:
    events = 'statusCallback="/leg" statusCallbackEvent="initiated ringing answered completed"'
    app.on("/desk", Answer(status=500))
    dial_application(twilio, app, application_noun(desk, events))
    twilio.advance(5)
    seen = [visit.params["CallStatus"] for visit in app.visits if visit.path == "/leg"]
    assert seen == ["initiated", "ringing", "in-progress", "completed"]
    assert app.paths(status=True).count("POST /desk-fallback") == 1
    assert "POST /desk-status" not in app.paths(status=True)


def test_an_application_may_dial(twilio: Emulator, app: ScriptedApp, desk: str) -> None:
    app.on("/desk", f"<Say>One moment</Say><Dial>{ANN}</Dial>")
    phone, leg = dial_application(twilio, app, application_noun(desk))
    twilio.advance(5)
    [ann] = leg.legs
    assert heard(phone)[2:] == ["say(One moment)", "ringback", f"bridge({ann.sid})"]
    phone.press("5")
    ann.press("6")
    assert (heard(ann)[-1], heard(phone)[-1]) == ("dtmf(5)", "dtmf(6)")
    phone.hangup()
    twilio.settle()
    assert (leg.status, ann.status) == ("completed", "completed")


def test_the_leg_of_an_application_is_redirected(
    twilio: Emulator, app: ScriptedApp, client: Client, desk: str
) -> None:
    app.on("/desk", '<Say>Hi</Say><Pause length="60"/>')
    phone, leg = dial_application(twilio, app, application_noun(desk))
    client.calls(leg.sid).update(twiml="<Response><Say>Elsewhere</Say></Response>")
    twilio.advance(1)
    assert heard(phone)[-1] == "say(Elsewhere)"
    twilio.advance(5)
    assert parameters(app, "/done", "DialCallStatus", "DialBridged") == ["completed", "true"]


def test_hangup_on_star_ends_the_application(twilio: Emulator, app: ScriptedApp, desk: str) -> None:
    app.on("/desk", '<Say>Hi</Say><Pause length="60"/>')
    phone, leg = dial_application(twilio, app, application_noun(desk), 'hangupOnStar="true"')
    phone.press("*")
    twilio.settle()
    assert (leg.status, phone.status) == ("completed", "completed")


def test_an_application_is_dialed_without_other_nouns(twilio: Emulator, app: ScriptedApp, desk: str) -> None:
    phone, leg = dial_application(twilio, app, f"<Number>{BOB}</Number>{application_noun(desk)}")
    assert (leg.call["to"], warning_codes(phone)) == (desk, [12200])
