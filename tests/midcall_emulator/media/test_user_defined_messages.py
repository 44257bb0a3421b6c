"""User-defined messages: from the app to the caller's software, and from there to subscriptions."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from contextlib import nullcontext

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from midcall_emulator.client import Emulator, Phone
from tests.support.emulator_calls import start_call
from tests.support.scripted_app import ScriptedApp

NUMBER = "+14155550100"
WAITING = "<Say>Hi</Say><Pause length='60'/>"


def send_message(emulator_url: str, phone: Phone, content: str) -> str:
    request = urllib.request.Request(
        f"{emulator_url}/_emulator/calls/{phone.sid}/message", json.dumps({"content": content}).encode()
    )
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)["sid"]


def test_a_message_reaches_the_caller(twilio: Emulator, app: ScriptedApp, client: Client) -> None:
    app.on("/start", WAITING)
    phone = twilio.dial(NUMBER, from_="client:ann")
    twilio.advance(1)
    made = client.calls(phone.sid).user_defined_messages.create(content='{"a": 1}')
    assert (made.sid[:2], made.call_sid) == ("KX", phone.sid)
    assert phone.heard[-1]["content"] == '{"a": 1}'
    with pytest.raises(TwilioRestException):
        client.calls(phone.sid).user_defined_messages.create(content="{")
    with pytest.raises(TwilioRestException):
        client.calls(phone.sid).user_defined_messages.create(content=json.dumps("a" * 10_000))


@pytest.mark.parametrize(("receivers", "is_taken"), [("clients", False), ("all", True)])
def test_a_telephone_takes_no_message(
    twilio: Emulator, app: ScriptedApp, client: Client, receivers: str, is_taken: bool
) -> None:
    twilio.switches(user_messages_to=receivers)
    phone = start_call(twilio, app, WAITING, 1)
    with nullcontext() if is_taken else pytest.raises(TwilioRestException):
        client.calls(phone.sid).user_defined_messages.create(content="{}")
    assert [item["kind"] for item in phone.heard].count("message") == is_taken


def test_a_subscription_receives_messages_until_deleted(
    twilio: Emulator, app: ScriptedApp, client: Client, emulator_url: str
) -> None:
    phone = start_call(twilio, app, WAITING)
    subscriptions = client.calls(phone.sid).user_defined_message_subscriptions
    made = subscriptions.create(callback=app.url("/udm"), method="POST")
    sid = send_message(emulator_url, phone, '{"b": 2}')
    twilio.settle()
    params = app.visit("/udm").params
    assert (params["Sid"], params["Content"], params["CallSid"]) == (sid, '{"b": 2}', phone.sid)
    assert subscriptions(made.sid).delete()
    send_message(emulator_url, phone, "{}")
    twilio.settle()
    assert app.paths().count("POST /udm") == 1
    with pytest.raises(TwilioRestException) as error:
        subscriptions(made.sid).delete()
    assert error.value.code == 20404


def test_messages_to_an_ended_call_are_refused(
    twilio: Emulator, app: ScriptedApp, client: Client, emulator_url: str
) -> None:
    phone = start_call(twilio, app, WAITING)
    phone.hangup()
    with pytest.raises(TwilioRestException) as error:
        client.calls(phone.sid).user_defined_messages.create(content="{}")
    assert error.value.code == 21220
    with pytest.raises(urllib.error.HTTPError) as gone:
        send_message(emulator_url, phone, "{}")
    assert gone.value.code == 409
