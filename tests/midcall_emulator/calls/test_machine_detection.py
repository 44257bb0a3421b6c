"""Answering machine detection (https://www.twilio.com/docs/voice/answering-machine-detection)."""

from __future__ import annotations

from typing import Any

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from midcall_emulator.client import Emulator
from tests.support.call_log import heard, heard_times, warning_codes
from tests.support.scripted_app import ScriptedApp

NUMBER = "+14155550100"
ANN = "+15005550006"


def place_call(app: ScriptedApp, client: Client, **more: Any) -> str:
    events = {"status_callback": app.url("/p"), "status_callback_event": ["answered", "completed"]}
    call = client.calls.create(to=ANN, from_=NUMBER, url=app.url("/out"), **events, **more)
    return str(call.sid)


@pytest.mark.parametrize(
    ("who", "mode", "found"),
    [
        ("human", "Enable", "human"),
        ("human", "DetectMessageEnd", "human"),
        ("machine", "Enable", "machine_start"),
        ("machine", "DetectMessageEnd", "machine_end_beep"),
        ("fax", "Enable", "fax"),
        ("unknown", "Enable", "unknown"),
    ],
)
def test_the_first_request_waits_for_answered_by(
    twilio: Emulator, app: ScriptedApp, client: Client, who: str, mode: str, found: str
) -> None:
    twilio.switches(answered_by=who)
    app.on("/out", "<Say>Hi</Say><Redirect>/next</Redirect>")
    sid = place_call(app, client, machine_detection=mode)
    twilio.advance(20)
    phone = twilio.phone(sid)
    assert (heard(phone), heard_times(phone)) == (["say(Hi)"], [3])
    assert app.visit("/out").params["AnsweredBy"] == found
    assert "AnsweredBy" not in app.visit("/next").params
    answered, completed = (visit.params for visit in app.visits if visit.path == "/p")
    assert ("AnsweredBy" in answered, completed["AnsweredBy"]) == (False, found)
    assert client.calls(sid).fetch().answered_by == found


def test_detection_times_out_as_unknown(twilio: Emulator, app: ScriptedApp, client: Client) -> None:
    twilio.switches(answered_by="machine", machine_detection_seconds=8)
    place_call(app, client, machine_detection="Enable", machine_detection_timeout=5)
    twilio.advance(20)
    assert app.visit("/out").params["AnsweredBy"] == "unknown"


def test_async_detection_runs_beside_the_document(twilio: Emulator, app: ScriptedApp, client: Client) -> None:
    app.on("/out", '<Pause length="20"/>')
    sid = place_call(
        app,
        client,
        machine_detection="Enable",
        async_amd="true",
        async_amd_status_callback=app.url("/amd"),
    )
    twilio.advance(2)
    assert "AnsweredBy" not in app.visit("/out").params
    twilio.advance(3)
    params = app.visit("/amd").params
    assert params == {
        "CallSid": sid,
        "AccountSid": params["AccountSid"],
        "AnsweredBy": "human",
        "MachineDetectionDuration": "3000",
    }
    assert client.calls(sid).fetch().answered_by == "human"


def test_a_hangup_before_the_result_reports_nothing(
    twilio: Emulator, app: ScriptedApp, client: Client
) -> None:
    app.on("/out", '<Pause length="1"/>')
    place_call(
        app,
        client,
        machine_detection="Enable",
        async_amd="true",
        async_amd_status_callback=app.url("/amd"),
    )
    sid = place_call(app, client, machine_detection="Enable")
    twilio.advance(3)
    twilio.phone(sid).hangup()
    twilio.advance(20)
    assert (app.paths().count("POST /amd"), app.paths().count("POST /out")) == (0, 1)


def test_send_digits_disables_detection_and_async_needs_a_callback(
    twilio: Emulator, app: ScriptedApp, client: Client
) -> None:
    place_call(app, client, machine_detection="Enable", send_digits="1")
    twilio.advance(2)
    assert "AnsweredBy" not in app.visit("/out").params
    sid = place_call(app, client, machine_detection="Enable", async_amd="true")
    twilio.advance(20)
    assert warning_codes(twilio.phone(sid)) == [21262]


@pytest.mark.parametrize(
    "bad",
    [
        {"machine_detection": "On"},
        {"machine_detection": "Enable", "machine_detection_timeout": 2},
        {"machine_detection": "Enable", "machine_detection_timeout": 61},
        {"machine_detection": "Enable", "machine_detection_speech_threshold": 999},
        {"machine_detection": "Enable", "machine_detection_speech_end_threshold": 5001},
        {"machine_detection": "Enable", "machine_detection_silence_timeout": 1999},
    ],
)
def test_invalid_detection_parameters_are_refused(
    twilio: Emulator, app: ScriptedApp, client: Client, bad: dict[str, Any]
) -> None:
    with pytest.raises(TwilioRestException) as error:
        place_call(app, client, **bad)
    assert (error.value.status, error.value.code) == (400, 21234)


def test_dialed_legs_and_participants_are_detected(
    twilio: Emulator, app: ScriptedApp, client: Client
) -> None:
    noun = f'<Number machineDetection="Enable" amdStatusCallback="/amd">{ANN}</Number>'
    app.on("/start", f"<Dial>{noun}</Dial>")
    phone = twilio.dial(NUMBER)
    twilio.advance(6)
    assert app.visit("/amd").params["CallSid"] == phone.legs[0].sid
    assert heard(phone)[-1].startswith("bridge")
    seat = client.conferences("room").participants.create(
        from_=NUMBER, to=ANN, machine_detection="Enable", amd_status_callback=app.url("/amd")
    )
    twilio.advance(6)
    assert (app.visit("/amd").params["CallSid"], app.visit("/amd").params["AnsweredBy"]) == (
        seat.call_sid,
        "human",
    )
