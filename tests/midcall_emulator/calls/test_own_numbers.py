"""Calls between two numbers of the account: two calls, which hear each other and end together."""

from __future__ import annotations

import pytest
from twilio.rest import Client

from midcall_emulator.client import Emulator, Phone
from midcall_emulator.settings import NUMBER
from tests.support.call_log import heard
from tests.support.scripted_app import ScriptedApp

OTHER = "+14155550101"


@pytest.fixture
def other(client: Client, app: ScriptedApp) -> str:
    """A second number of the account; its calls get the document at ``/other``."""
    client.incoming_phone_numbers.create(phone_number=OTHER, voice_url=app.url("/other"))
    return OTHER


def inbound(twilio: Emulator) -> Phone:
    """Return the inbound call at the second number."""
    [call] = [call for call in twilio.calls() if call["to"] == OTHER and call["direction"] == "inbound"]
    return twilio.phone(call["sid"])


def test_keys_that_one_call_plays_reach_the_other(
    twilio: Emulator, app: ScriptedApp, client: Client, other: str
) -> None:
    app.on("/other", "<Gather timeout='2'/><Play digits='w12'/><Gather timeout='30'/>")
    app.on("/start", "<Gather action='/keys' numDigits='2'/>")
    app.on("/keys", "<Say>Thanks</Say><Hangup/>")
    call = client.calls.create(to=other, from_=NUMBER, url=app.url("/start"))
    twilio.advance(10)
    assert app.visit("/keys").params["Digits"] == "12"
    assert heard(twilio.phone(call.sid)) == ["say(Thanks)"]
    assert (twilio.phone(call.sid).status, inbound(twilio).status) == ("completed", "completed")
    assert app.visit("/other").params["CallSid"] != call.sid


def test_speech_of_one_call_is_recorded_by_the_other(
    twilio: Emulator, app: ScriptedApp, client: Client, other: str
) -> None:
    app.on("/other", "<Gather timeout='1'/><Say>Good morning to you</Say><Gather timeout='30'/>")
    app.on("/start", "<Record action='/recorded' timeout='2'/>")
    client.calls.create(to=other, from_=NUMBER, url=app.url("/start"))
    twilio.advance(10)
    assert "POST /recorded" in app.paths()


@pytest.mark.parametrize(
    ("document", "status"),
    [
        ("<Reject reason='busy'/>", "busy"),
        ("<Reject/>", "no-answer"),
        ("<Pause length='20'/><Reject/>", "no-answer"),
    ],
)
def test_a_rejected_call_ends_as_the_document_of_the_number_says(
    twilio: Emulator, app: ScriptedApp, client: Client, other: str, document: str, status: str
) -> None:
    app.on("/other", document)
    call = client.calls.create(to=other, from_=NUMBER, url=app.url("/start"), timeout=10)
    twilio.advance(30)
    assert (client.calls(call.sid).fetch().status, inbound(twilio).status in ("busy", "no-answer")) == (
        status,
        True,
    )
    assert "POST /start" not in app.paths()


def test_the_end_of_a_call_ends_the_other(
    twilio: Emulator, app: ScriptedApp, client: Client, other: str
) -> None:
    app.on("/other", "<Gather timeout='5'/><Hangup/>")
    app.on("/start", "<Pause length='60'/>")
    first = client.calls.create(to=other, from_=NUMBER, url=app.url("/start"))
    twilio.advance(10)
    assert client.calls(first.sid).fetch().status == "completed"
    app.on("/other", "<Gather timeout='60'/>")
    second = client.calls.create(to=other, from_=NUMBER, url=app.url("/start"))
    twilio.advance(10)
    client.calls(second.sid).update(status="completed")
    twilio.settle()
    assert {call["status"] for call in twilio.calls()} == {"completed"}


def test_a_dial_to_an_own_number_reaches_its_document(
    twilio: Emulator, app: ScriptedApp, client: Client, other: str
) -> None:
    app.on("/other", "<Say>Own number</Say><Hangup/>")
    app.on("/start", f"<Dial action='/after'>{other}</Dial>")
    twilio.dial(NUMBER)
    twilio.advance(20)
    assert app.visit("/after").params["DialCallStatus"] == "completed"


def test_a_person_who_was_set_for_an_own_number_has_its_phone(
    twilio: Emulator, app: ScriptedApp, client: Client, other: str
) -> None:
    twilio.people(other, "busy")
    call = client.calls.create(to=other, from_=NUMBER, url=app.url("/start"))
    twilio.advance(10)
    assert (client.calls(call.sid).fetch().status, "POST /other" in app.paths()) == ("busy", False)
