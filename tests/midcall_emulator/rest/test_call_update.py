"""The REST API of calls: update and cancel."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from midcall_emulator.client import Emulator
from tests.support.call_log import heard, warning_codes
from tests.support.rest_requests import BASE, rest_request
from tests.support.scripted_app import ScriptedApp

NUMBER = "+14155550100"
ANN = "+15005550006"


def test_canceling_a_queued_call_sends_no_callback(
    twilio: Emulator, app: ScriptedApp, client: Client
) -> None:
    twilio.switches(queue_seconds=5)
    call = client.calls.create(
        to=ANN, from_=NUMBER, url=app.url("/out"), status_callback=app.url("/progress")
    )
    assert client.calls(call.sid).update(status="canceled").status == "canceled"
    twilio.advance(30)
    assert app.paths() == []


@pytest.mark.parametrize("status", ["canceled", "completed"])
def test_ending_a_ringing_call_cancels_it(
    twilio: Emulator, app: ScriptedApp, client: Client, status: Any
) -> None:
    call = client.calls.create(
        to=ANN, from_=NUMBER, url=app.url("/out"), status_callback=app.url("/progress")
    )
    twilio.advance(1)
    assert client.calls(call.sid).update(status=status).status == "canceled"
    twilio.advance(30)
    assert app.paths() == ["POST /progress"]
    assert app.visit("/progress").params["CallStatus"] == "canceled"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"url": "no"}, 21205),
        ({"twiml": "x" * 4001}, 32018),
        ({"url": "http://127.0.0.1:9/", "method": "PATCH"}, 21209),
        ({"url": "http://127.0.0.1:9/", "twiml": "<Response/>"}, 32019),
        ({"status": "paused"}, 20001),
        ({"status": "in-progress"}, 20001),
        ({"status": "Completed"}, 20001),
        ({"url": "/relative"}, 21205),
        ({"url": "https://"}, 21205),
        ({"time_limit": "soon"}, 20001),
        ({"time_limit": "0"}, 20001),
        ({"time_limit": "9" * 5000}, 20001),
        ({"fallback_url": "/fb", "url": "http://127.0.0.1:9/"}, 21205),
        ({"status_callback": "http://a_b/", "url": "http://127.0.0.1:9/"}, 21609),
        ({"status": "completed", "method": "PUT", "url": "http://127.0.0.1:9/"}, 21209),
    ],
)
def test_an_invalid_update_is_refused_and_changes_nothing(
    twilio: Emulator, app: ScriptedApp, client: Client, changes: dict[str, Any], code: int
) -> None:
    app.on("/start", '<Pause length="1"/><Say>Hi</Say><Pause length="100"/>')
    phone = twilio.dial(NUMBER)
    twilio.advance(5)
    with pytest.raises(TwilioRestException) as error:
        client.calls(phone.sid).update(**changes)
    assert (error.value.status, error.value.code) == (400, code)
    assert (phone.status, phone.call["verb"]) == ("in-progress", "Pause")


@pytest.mark.parametrize(("length", "status"), [(4000, 200), (4001, 400)])
def test_inline_twiml_has_at_most_4000_characters(
    twilio: Emulator, app: ScriptedApp, client: Client, emulator_url: str, length: int, status: int
) -> None:
    app.on("/start", '<Play loop="0">m.mp3</Play>')
    phone = twilio.dial(NUMBER)
    twilio.advance(1)
    text = "<Response><Say>New</Say></Response>"
    form = urlencode({"Twiml": text + " " * (length - len(text))}).encode()
    answer = rest_request(f"{emulator_url}{BASE}/Calls/{phone.sid}.json", "POST", form)
    assert (answer[0], answer[1].get("code")) == (status, None if status == 200 else 32018)


def test_an_update_without_known_parameters_changes_nothing(
    twilio: Emulator, app: ScriptedApp, client: Client, emulator_url: str
) -> None:
    app.on("/start", '<Play loop="0">m.mp3</Play>')
    phone = twilio.dial(NUMBER)
    twilio.advance(1)
    address = f"{emulator_url}{BASE}/Calls/{phone.sid}.json"
    for form in (b"", b"Unknown=1", b"url=http%3A%2F%2Fx%2F&status=completed"):  # names are case-sensitive
        status, body = rest_request(address, "POST", form)
        assert (status, body["status"]) == (200, "in-progress")
    assert (phone.call["verb"], warning_codes(phone)) == ("Play", [])


def test_status_overrides_twiml_in_an_update(twilio: Emulator, app: ScriptedApp, client: Client) -> None:
    app.on("/start", '<Play loop="0">m.mp3</Play>')
    phone = twilio.dial(NUMBER)
    twilio.advance(1)
    shown = client.calls(phone.sid).update(status="completed", twiml="<Response><Say>No</Say></Response>")
    twilio.advance(5)
    assert (shown.status, phone.status, heard(phone)) == ("completed", "completed", ["play(/m.mp3)"])
