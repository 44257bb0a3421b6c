"""The control API: clock, calls, event feed, reset, and its errors."""

from __future__ import annotations

import json
import urllib.request
from typing import Any

import pytest
from twilio.rest import Client

from midcall_emulator.client import Emulator, EmulatorError, WaitTimeout
from tests.support.call_log import heard
from tests.support.scripted_app import Answer, ScriptedApp

NUMBER = "+14155550100"


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "/calls", {"from": "+15005550001", "to": "+19995550000"}, 404),
        ("POST", "/calls", {"from": "+15005550001"}, 400),
        ("POST", "/calls", {"from": 7, "to": NUMBER}, 400),
        ("POST", "/calls", [], 400),
        ("GET", "/calls/CAnone", None, 404),
        ("POST", "/calls/CAnone/press", {"digits": "1"}, 404),
        ("POST", "/clock", {"advance": -1}, 400),
        ("POST", "/clock", {"advance": "x"}, 400),
        ("POST", "/clock", {"mode": "sideways"}, 400),
        ("POST", "/clock", {"speed": 0}, 400),
        ("PUT", "/people/+15005550006", {"behaviour": "dance"}, 400),
        ("PUT", "/switches", {"nonsense": 1}, 400),
        ("PUT", "/switches", {"rest_lag_ms": "long"}, 400),
        ("GET", "/nothing", None, 404),
        ("DELETE", "/calls", None, 404),
    ],
)
def test_every_error_has_a_status_and_a_code(
    twilio: Emulator, method: str, path: str, body: Any, status: int
) -> None:
    with pytest.raises(EmulatorError) as error:
        twilio.request(method, path, body)
    assert error.value.status == status
    assert error.value.code != "unknown"


def test_malformed_json_is_a_bad_request(twilio: Emulator, emulator_url: str) -> None:
    request = urllib.request.Request(f"{emulator_url}/_emulator/calls", b"{", method="POST")
    with pytest.raises(urllib.error.HTTPError) as error:
        urllib.request.urlopen(request)
    assert error.value.code == 400
    assert json.load(error.value)["error"]["code"] == "bad_request"


@pytest.mark.parametrize(
    ("what", "body"),
    [("press", {"digits": "1"}), ("speak", {"text": "a"}), ("answer", {}), ("reject", {}), ("hangup", {})],
)
def test_actions_on_an_ended_call_are_refused(
    twilio: Emulator, app: ScriptedApp, what: str, body: Any
) -> None:
    phone = twilio.dial(NUMBER)
    twilio.settle()
    with pytest.raises(EmulatorError) as error:
        twilio.request("POST", f"/calls/{phone.sid}/{what}", body)
    assert (error.value.status, error.value.code) == (409, "wrong_state")


@pytest.mark.parametrize("digits", ["", "x", "12 3"])
def test_only_telephone_keys_can_be_pressed(twilio: Emulator, app: ScriptedApp, digits: str) -> None:
    app.on("/start", "<Gather/>")
    with pytest.raises(EmulatorError) as error:
        twilio.dial(NUMBER).press(digits)
    assert error.value.status == 400


def test_a_hangup_before_the_answer_ends_the_call_as_no_answer(twilio: Emulator, app: ScriptedApp) -> None:
    app.on("/start", Answer("<Response><Say>Late</Say></Response>", wait=True))
    phone = twilio.dial(NUMBER)
    assert phone.status == "ringing"
    phone.hangup()
    app.release.set()
    twilio.advance(5)
    assert (phone.status, heard(phone)) == ("no-answer", [])


def test_a_manual_clock_moves_only_when_advanced(twilio: Emulator) -> None:
    before = twilio.clock()
    assert (before["mode"], before["busy"]) == ("manual", 0)
    assert twilio.clock()["seconds"] == before["seconds"]
    assert twilio.advance(30)["seconds"] == before["seconds"] + 30


def test_a_sped_up_clock_runs_a_call_to_its_end(twilio: Emulator, app: ScriptedApp) -> None:
    twilio.clock(mode="real", speed=1000)
    app.on("/start", '<Pause length="60"/><Say>Done</Say>')
    twilio.dial(NUMBER).hears("Done").waits_for(status="completed")
    twilio.advance(10)


def test_advance_returns_after_all_triggered_webhooks(twilio: Emulator, app: ScriptedApp) -> None:
    app.on("/start", '<Pause length="5"/><Redirect>/b</Redirect>')
    app.on("/b", '<Pause length="5"/><Redirect>/c</Redirect>')
    app.on("/c", "<Say>There</Say>")
    phone = twilio.dial(NUMBER)
    twilio.advance(10)
    assert heard(phone)[-1] == "say(There)"


def test_hears_advances_the_clock_by_at_most_the_given_seconds(twilio: Emulator, app: ScriptedApp) -> None:
    app.on("/start", '<Say>A</Say><Pause length="20"/><Say>B</Say>')
    phone = twilio.dial(NUMBER)
    with pytest.raises(AssertionError):
        phone.hears("B", within=10)
    phone.hears("B", within=20)
    assert phone.heard[-1]["at"] == 20.5


def test_a_failed_hears_shows_the_transcript(twilio: Emulator, app: ScriptedApp) -> None:
    app.on("/start", '<Say>Press 1</Say><Gather action="/menu"/>')
    phone = twilio.dial(NUMBER).hears("Press 1").press("7")
    with pytest.raises(AssertionError) as error:
        phone.hears("Press", timeout=0.05)
    message = str(error.value)
    assert "say(text='Press 1'" in message
    assert f"twiml POST {app.url('/start')} -> 200" in message


def test_a_call_shows_its_document_verb_and_requests(twilio: Emulator, app: ScriptedApp) -> None:
    app.on("/start", "<Say>Hi</Say>")
    phone = twilio.dial(NUMBER, from_="+15005550001").hears("Hi")
    call = phone.call
    assert (call["sid"], call["from"], call["to"], call["verb"]) == (phone.sid, "+15005550001", NUMBER, "Say")
    assert call["document"] == "<Response><Say>Hi</Say></Response>"
    assert call["parent_call_sid"] is None
    [request] = call["requests"]
    assert request.keys() >= {"at", "method", "url", "params", "status", "signature", "response"}
    assert (request["method"], request["url"], request["status"]) == ("POST", app.url("/start"), 200)
    assert request["response"] == call["document"]
    assert twilio.calls() == [call]


def test_the_event_feed_streams_and_resumes(twilio: Emulator, app: ScriptedApp, emulator_url: str) -> None:
    with urllib.request.urlopen(f"{emulator_url}/_emulator/events", timeout=10) as feed:
        assert feed.headers["Content-Type"] == "text/event-stream"
        phone = twilio.dial(NUMBER)
        kinds = []
        while "completed" not in (line := feed.readline().decode()):
            if line.startswith("event: "):
                kinds.append(line.removeprefix("event: ").strip())
    assert kinds[0] == "call"
    assert {"status", "request", "response", "verb"} <= set(kinds)
    with urllib.request.urlopen(f"{emulator_url}/_emulator/events?after=0", timeout=10) as feed:
        while phone.sid not in feed.readline().decode():
            pass


def test_reset_restores_the_initial_state(twilio: Emulator, app: ScriptedApp, client: Client) -> None:
    app.on("/start", '<Say>Hi</Say><Pause length="60"/>')
    phone = twilio.dial(NUMBER).hears("Hi")
    twilio.faults([{"on": "rest", "times": None, "do": "status", "value": 500}])
    twilio.switches(queue_seconds=9)
    twilio.reset()
    assert (twilio.calls(), client.calls.list()) == ([], [])
    assert (twilio.switches()["queue_seconds"], twilio.clock()["mode"]) == (0, "real")
    with pytest.raises(EmulatorError):
        phone.status
    assert app.paths(status=True) == ["POST /start"]


def test_hears_times_out_on_a_real_clock(twilio: Emulator, app: ScriptedApp) -> None:
    app.on("/start", '<Say>Hi</Say><Pause length="9999"/>')
    twilio.clock(mode="real", speed=1000)
    phone = twilio.dial(NUMBER).hears("Hi", within=2000)
    before = twilio.clock()["seconds"]
    with pytest.raises(WaitTimeout):
        phone.hears("Bye", within=30, timeout=50)
    assert 30 <= twilio.clock()["seconds"] - before < 9000
