"""Record: what ends it, its callbacks, and the recording over REST."""

from __future__ import annotations

import io
import urllib.request
import wave

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from midcall_emulator.client import Emulator
from tests.support.call_log import heard, warning_codes
from tests.support.scripted_app import ScriptedApp

NUMBER = "+14155550100"


def test_silence_ends_the_recording_and_the_action_is_requested_once(
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


def test_max_length_ends_the_recording(twilio: Emulator, app: ScriptedApp) -> None:
    app.on("/start", '<Record maxLength="30" action="/a"/>')
    twilio.dial(NUMBER).speak("on and on", seconds=300)
    twilio.advance(30)
    assert app.visit("/a").params["RecordingDuration"] == "30"


@pytest.mark.parametrize(("attribute", "keys", "ending"), [('finishOnKey="#"', "12#", "#"), ("", "5", "5")])
def test_a_finish_key_ends_the_recording(
    twilio: Emulator, app: ScriptedApp, attribute: str, keys: str, ending: str
) -> None:
    app.on("/start", f'<Record action="/a" {attribute}/>')
    phone = twilio.dial(NUMBER).speak("hello", seconds=1)
    twilio.advance(3)
    for key in keys:
        assert "POST /a" not in app.paths()
        phone.press(key)
    twilio.settle()
    assert (app.visit("/a").params["Digits"], app.visit("/a").params["RecordingDuration"]) == (ending, "3")


def test_a_silent_recording_continues_with_the_next_verb(
    twilio: Emulator, app: ScriptedApp, client: Client
) -> None:
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


def test_a_hangup_is_reported_to_the_action(twilio: Emulator, app: ScriptedApp) -> None:
    app.on("/start", '<Record action="/a"/>')
    app.on("/a", "<Say>Thank you</Say>")
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


def test_without_action_the_same_document_is_requested_again(twilio: Emulator, app: ScriptedApp) -> None:
    app.on("/start", "<Record/>", "<Hangup/>")
    twilio.dial(NUMBER).speak("a", seconds=1)
    twilio.advance(6)
    assert app.paths() == ["POST /start", "POST /start"]
    assert "RecordingUrl" in app.visit("/start").params


@pytest.mark.parametrize(
    ("attributes", "seconds", "status", "text", "warnings"),
    [
        ('transcribe="true" transcribeCallback="/t"', 4, "completed", "call me back", []),
        ('transcribeCallback="/t"', 4, "completed", "call me back", []),
        ('transcribeCallback="/t"', 1, "failed", "", [13617]),
        ('transcribeCallback="/t" maxLength="300"', 4, "completed", "call me back", [13615]),
        ('transcribe="1" transcribeCallback="/t"', 4, "completed", "call me back", [13614]),
    ],
)
def test_a_transcription_is_posted_to_its_callback(
    twilio: Emulator,
    app: ScriptedApp,
    attributes: str,
    seconds: float,
    status: str,
    text: str,
    warnings: list[int],
) -> None:
    app.on("/start", f'<Record action="/a" {attributes}/>')
    phone = twilio.dial(NUMBER).speak("call me back", seconds=seconds)
    twilio.advance(12)
    params, action = app.visit("/t").params, app.visit("/a").params
    assert (params["TranscriptionStatus"], params["TranscriptionText"]) == (status, text)
    assert params["RecordingSid"] == action["RecordingSid"]
    assert params["RecordingUrl"] == action["RecordingUrl"]
    assert (params["TranscriptionSid"][:2], params["CallSid"]) == ("TR", phone.sid)
    assert warning_codes(phone) == warnings


def test_a_transcribed_recording_ends_after_two_minutes(twilio: Emulator, app: ScriptedApp) -> None:
    app.on("/start", '<Record action="/a" transcribe="true" timeout="0"/>')
    twilio.dial(NUMBER).speak("a long story", seconds=500)
    twilio.advance(121)
    assert app.visit("/a").params["RecordingDuration"] == "120"


def test_transcribe_false_transcribes_nothing(twilio: Emulator, app: ScriptedApp) -> None:
    app.on("/start", '<Record action="/a" transcribe="false" transcribeCallback="/t"/>')
    twilio.dial(NUMBER).speak("hello", seconds=4)
    twilio.advance(30)
    assert "POST /t" not in app.paths()


def test_the_timeout_begins_with_the_last_word(twilio: Emulator, app: ScriptedApp) -> None:
    app.on("/start", '<Record action="/a" timeout="3" playBeep="false"/>')
    phone = twilio.dial(NUMBER)
    twilio.advance(2)
    phone.speak("one", seconds=2)
    twilio.advance(4)
    phone.speak("two", seconds=1)
    twilio.advance(3.9)
    assert app.paths() == ["POST /start"]
    twilio.advance(0.1)
    assert (app.visit("/a").params["RecordingDuration"], heard(phone)) == ("7", [])


def test_timeout_zero_never_ends_the_recording(twilio: Emulator, app: ScriptedApp) -> None:
    app.on("/start", '<Record action="/a" timeout="0" maxLength="60" trim="do-not-trim"/>')
    twilio.dial(NUMBER).speak("one", seconds=2)
    twilio.advance(59.9)
    assert app.paths() == ["POST /start"]
    twilio.advance(0.1)
    assert app.visit("/a").params["RecordingDuration"] == "60"


def test_an_empty_finish_on_key_disables_the_keys(twilio: Emulator, app: ScriptedApp) -> None:
    app.on("/start", '<Record action="/a" finishOnKey=""/>')
    phone = twilio.dial(NUMBER).speak("one", seconds=10)
    phone.press("1*#")
    twilio.advance(14)
    assert app.paths() == ["POST /start"]
    twilio.advance(2)
    assert (app.visit("/a").params["Digits"], app.visit("/a").params["RecordingDuration"]) == ("", "10")
