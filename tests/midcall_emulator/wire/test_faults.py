"""Faults on demand: REST requests and webhooks that fail, hang or are refused."""

from __future__ import annotations

import pytest
import requests
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from midcall_emulator.client import Emulator, EmulatorError
from tests.support.call_log import heard, warning_codes
from tests.support.scripted_app import ScriptedApp

NUMBER = "+14155550100"
NEW = "<Response><Say>New</Say><Pause length='60'/></Response>"


@pytest.mark.parametrize(("status", "code"), [(429, 20429), (500, 20500), (503, 20503)])
def test_a_rest_fault_answers_a_status_for_its_times(
    twilio: Emulator, client: Client, status: int, code: int
) -> None:
    twilio.faults([{"on": "rest", "match": "/Calls.json", "times": 2, "do": "status", "value": status}])
    for _ in range(2):
        with pytest.raises(TwilioRestException) as error:
            client.calls.create(to="+15005550006", from_=NUMBER, twiml=NEW)
        assert (error.value.status, error.value.code) == (status, code)
    assert client.calls.list() == []


def test_a_fault_applies_only_to_matching_requests(
    twilio: Emulator, app: ScriptedApp, client: Client
) -> None:
    match = {"method": "POST", "path": "/Calls/", "params": {"Status": "completed"}}
    twilio.faults([{"on": "rest", "match": match, "times": -1, "do": "status", "value": 500}])
    app.on("/start", '<Say>Hi</Say><Pause length="60"/>')
    phone = twilio.dial(NUMBER).hears("Hi")
    client.calls(phone.sid).fetch()
    client.calls(phone.sid).update(twiml=NEW)
    for _ in range(3):
        with pytest.raises(TwilioRestException):
            client.calls(phone.sid).update(status="completed")
    assert phone.status == "in-progress"


def test_execute_then_status_executes_the_request(twilio: Emulator, app: ScriptedApp, client: Client) -> None:
    twilio.faults([{"on": "rest", "match": "POST", "do": "execute-then-status", "value": 500}])
    app.on("/start", '<Say>Hi</Say><Pause length="60"/>')
    phone = twilio.dial(NUMBER).hears("Hi")
    with pytest.raises(TwilioRestException):
        client.calls(phone.sid).update(twiml=NEW)
    phone.hears("New")


@pytest.mark.parametrize("do", ["reset", "execute-then-hang"])
def test_reset_and_hang_leave_the_request_without_response(
    twilio: Emulator, app: ScriptedApp, client: Client, do: str
) -> None:
    app.on("/start", '<Say>Hi</Say><Pause length="60"/>')
    phone = twilio.dial(NUMBER).hears("Hi")
    twilio.faults([{"on": "rest", "match": phone.sid, "do": do, "value": 0.05}])
    with pytest.raises(requests.ConnectionError):
        client.calls(phone.sid).update(twiml=NEW)
    twilio.settle()
    assert ("say(New)" in heard(phone)) == (do == "execute-then-hang")


def test_a_delay_fault_slows_the_response(twilio: Emulator, client: Client) -> None:
    twilio.faults([{"on": "rest", "do": "delay", "value": 0.05}])
    assert client.calls.list() == []


@pytest.mark.parametrize(
    ("fault", "code", "visits"),
    [
        ({"do": "status", "value": 503}, 11200, 0),
        ({"do": "reset"}, 11206, 0),
        ({"do": "execute-then-status", "value": 500}, 11200, 1),
    ],
)
def test_webhook_faults_are_reported_with_their_codes(
    twilio: Emulator, app: ScriptedApp, fault: dict[str, object], code: int, visits: int
) -> None:
    twilio.faults([{"on": "webhook", "match": "/start", **fault}])
    phone = twilio.dial(NUMBER)
    twilio.advance(10)
    assert (warning_codes(phone), heard(phone), len(app.paths())) == ([code], ["apology"], visits)


def test_a_hanging_webhook_times_out(twilio: Emulator, app: ScriptedApp) -> None:
    twilio.switches(webhook_timeout_seconds=0.1)
    twilio.faults([{"on": "webhook", "match": "/start", "do": "execute-then-hang"}])
    phone = twilio.dial(NUMBER)
    twilio.advance(10)
    assert (warning_codes(phone), app.paths()) == ([11200], ["POST /start"])


@pytest.mark.parametrize(
    "fault",
    [
        {},
        {"on": "rest"},
        {"on": "rest", "do": "explode"},
        {"on": "rest", "do": "delay", "value": "x"},
        {"on": "rest", "do": "forge"},
        7,
    ],
)
def test_an_invalid_fault_is_refused(twilio: Emulator, fault: object) -> None:
    with pytest.raises(EmulatorError) as error:
        twilio.request("POST", "/faults", [fault])
    assert (error.value.status, error.value.code) == (400, "bad_request")
