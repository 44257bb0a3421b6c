"""Record: what ends it, who is told, and what can be fetched afterwards."""

from __future__ import annotations

import io
import urllib.request
import wave

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from emulator.client import Emulator
from tests.emulator.listening import heard
from tests.emulator.scripted_app import ScriptedApp

NUMBER = "+14155550100"


def test_silence_ends_it_and_the_action_is_asked_once(
    twilio: Emulator, app: ScriptedApp, client: Client
) -> None:
    app.on("/start", '<Record action="/a" recordingStatusCallback="/rec"/><Say>Never</Say>')
    phone = twilio.dial(NUMBER).speak("My name is Ann", seconds=7)
    twilio.advance(11.9)
    assert app.paths() == ["POST /start"]
    twilio.advance(60)
    assert sorted(app.paths()) == ["POST /a", "POST /rec", "POST /start"]
    action, callback = app.visit("/a").params, app.visit("/rec").params
    assert (action["RecordingDuration"], action["Digits"], heard(phone)) == ("7", "", ["beep"])
    assert callback["RecordingStatus"] == "completed"
    assert callback["RecordingSid"] == action["RecordingSid"]
    assert callback["RecordingDuration"] == "7"

    [recording] = client.calls(phone.sid).recordings.list()
    assert (recording.sid, recording.duration) == (action["RecordingSid"], "7")
    assert recording.source == "RecordVerb"
    with urllib.request.urlopen(action["RecordingUrl"] + ".wav") as answer:
        file = io.BytesIO(answer.read())
    with wave.open(file) as sound:
        assert sound.getnframes() / sound.getframerate() == 7
    assert client.recordings(recording.sid).delete()
    with pytest.raises(TwilioRestException) as error:
        client.recordings(recording.sid).fetch()
    assert (error.value.status, error.value.code) == (404, 20404)
    assert client.recordings.list(call_sid=phone.sid) == []


def test_the_longest_time(twilio: Emulator, app: ScriptedApp) -> None:
    app.on("/start", '<Record maxLength="30" action="/a"/>')
    twilio.dial(NUMBER).speak("on and on", seconds=300)
    twilio.advance(30)
    assert app.visit("/a").params["RecordingDuration"] == "30"


@pytest.mark.parametrize(("attribute", "keys", "ending"), [('finishOnKey="#"', "12#", "#"), ("", "5", "5")])
def test_a_key_ends_it(twilio: Emulator, app: ScriptedApp, attribute: str, keys: str, ending: str) -> None:
    app.on("/start", f'<Record action="/a" {attribute}/>')
    phone = twilio.dial(NUMBER).speak("hello", seconds=1)
    twilio.advance(3)
    for key in keys:
        assert "POST /a" not in app.paths()
        phone.press(key)
    twilio.settle()
    assert (app.visit("/a").params["Digits"], app.visit("/a").params["RecordingDuration"]) == (ending, "3")


def test_a_silent_recording_falls_through(twilio: Emulator, app: ScriptedApp, client: Client) -> None:
    app.on("/start", '<Record action="/a" playBeep="false"/><Say>Nothing?</Say>')
    phone = twilio.dial(NUMBER)
    twilio.advance(6)
    assert (app.paths(), heard(phone)) == (["POST /start"], ["say(Nothing?)"])
    assert client.calls(phone.sid).recordings.list() == []


def test_a_silent_recording_is_kept_if_the_switch_says_so(twilio: Emulator, app: ScriptedApp) -> None:
    twilio.switches(silent_recording="keep")
    app.on("/start", '<Record action="/a"/>')
    twilio.dial(NUMBER)
    twilio.advance(5)
    assert app.visit("/a").params["RecordingDuration"] == "5"


def test_hanging_up_is_reported_to_the_action(twilio: Emulator, app: ScriptedApp) -> None:
    app.on("/start", '<Record action="/a"/>')
    app.on("/a", "<Say>Nobody there</Say>")
    phone = twilio.dial(NUMBER).speak("bye", seconds=2)
    twilio.advance(4)
    phone.hangup()
    twilio.advance(30)
    params = app.visit("/a").params
    assert (params["Digits"], params["CallStatus"], params["RecordingDuration"]) == (
        "hangup",
        "completed",
        "4",
    )
    assert (heard(phone), app.paths().count("POST /a")) == (["beep"], 1)


def test_without_action_the_same_document_is_asked_again(twilio: Emulator, app: ScriptedApp) -> None:
    app.on("/start", "<Record/>", "<Hangup/>")
    twilio.dial(NUMBER).speak("a", seconds=1)
    twilio.advance(6)
    assert app.paths() == ["POST /start", "POST /start"]
    assert "RecordingUrl" in app.visit("/start").params
