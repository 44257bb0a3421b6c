"""Say, Play and Pause, and when a call counts as answered."""

from __future__ import annotations

import io
import wave

import pytest

from midcall_emulator.client import Emulator
from tests.support.call_log import heard, heard_times, warning_codes
from tests.support.scripted_app import Answer, ScriptedApp

NUMBER = "+14155550100"


def wav_file(seconds: int) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(1)
        sound.setframerate(8000)
        sound.writeframes(b"\x80" * 8000 * seconds)
    return file.getvalue()


def test_say_reports_text_voice_and_language(twilio: Emulator, app: ScriptedApp) -> None:
    app.on("/start", '<Say voice="Polly.Joanna" language="en-GB">Hi <break/> <emphasis>you</emphasis></Say>')
    phone = twilio.dial(NUMBER)
    twilio.advance(10)
    [item] = phone.heard
    assert item == {"at": 0, "kind": "say", "text": "Hi you", "voice": "Polly.Joanna", "language": "en-GB"}


def test_endless_say_is_capped(twilio: Emulator, app: ScriptedApp) -> None:
    app.on("/start", '<Say loop="0">Hi</Say>')
    phone = twilio.dial(NUMBER)
    twilio.advance(30)
    assert len(phone.heard) == 61
    phone.hangup()
    assert phone.status == "completed"
    other = twilio.dial(NUMBER).hears("Hi")
    twilio.switches(say_loop_cap=3)
    third = twilio.dial(NUMBER)
    twilio.advance(600)
    assert (len(third.heard), third.status) == (3, "completed")
    assert (len(other.heard), other.status) == (1000, "completed")


def test_play_fetches_the_file_once_and_lasts_as_long_as_it(twilio: Emulator, app: ScriptedApp) -> None:
    app.on("/start", '<Play loop="3">tune.wav</Play><Play>/other.mp3</Play>')
    app.on("/tune.wav", Answer(wav_file(2), content_type="audio/x-wav"))
    app.on("/other.mp3", Answer(b"ID3", content_type="audio/mpeg"))
    phone = twilio.dial(NUMBER)
    twilio.advance(60)
    assert heard(phone) == ["play(/tune.wav)"] * 3 + ["play(/other.mp3)"]
    assert heard_times(phone) == [0, 2, 4, 6]
    assert app.paths() == ["POST /start", "GET /tune.wav", "GET /other.mp3"]
    assert phone.call["duration_seconds"] == 16
    assert app.visit("/tune.wav").params == {}


def test_a_missing_file_is_a_warning(twilio: Emulator, app: ScriptedApp) -> None:
    app.on("/start", "<Play>/none.mp3</Play><Say>Next</Say>")
    app.on("/none.mp3", Answer(status=404))
    phone = twilio.dial(NUMBER)
    twilio.advance(10)
    assert (heard(phone), warning_codes(phone)) == (["say(Next)"], [13420])


def test_remote_audio_is_assumed_to_exist(twilio: Emulator, app: ScriptedApp) -> None:
    app.on("/start", "<Play>https://music.example.com/a.mp3</Play>")
    phone = twilio.dial(NUMBER)
    twilio.advance(60)
    assert (heard(phone), warning_codes(phone), app.paths()) == (["play(/a.mp3)"], [], ["POST /start"])


def test_play_sends_digits(twilio: Emulator, app: ScriptedApp) -> None:
    app.on("/start", '<Play digits="ww1#"/>')
    phone = twilio.dial(NUMBER)
    twilio.advance(5)
    assert heard(phone) == ["dtmf(ww1#)"]


@pytest.mark.parametrize(("attribute", "seconds"), [("", 1), ('length="4"', 4), ('length="x"', 1)])
def test_pause_is_silence(twilio: Emulator, app: ScriptedApp, attribute: str, seconds: int) -> None:
    app.on("/start", f"<Say>A</Say><Pause {attribute}/><Say>B</Say>")
    phone = twilio.dial(NUMBER)
    twilio.advance(20)
    assert heard(phone) == ["say(A)", f"silence({seconds})", "say(B)"]
    assert heard_times(phone) == [0, 0.5, 0.5 + seconds]


def test_a_leading_pause_delays_the_answer(twilio: Emulator, app: ScriptedApp) -> None:
    app.on("/start", '<Pause length="5"/><Say>Hi</Say>')
    phone = twilio.dial(NUMBER)
    twilio.advance(4)
    assert phone.status == "ringing"
    twilio.advance(1)
    assert (phone.status, heard_times(phone)[-1]) == ("in-progress", 0)


@pytest.mark.parametrize(("answers", "status"), [(True, "completed"), (False, "no-answer")])
def test_a_switch_decides_whether_a_document_of_pauses_answers(
    twilio: Emulator, app: ScriptedApp, answers: bool, status: str
) -> None:
    twilio.switches(pause_only_answers=answers, silence_before_answer=False)
    app.on("/start", "<Pause/>")
    phone = twilio.dial(NUMBER)
    twilio.advance(2)
    assert (phone.status, heard(phone)) == (status, [])


def test_play_loops_for_an_hour(twilio: Emulator, app: ScriptedApp) -> None:
    app.on("/start", '<Play loop="0">/m.mp3</Play>')
    phone = twilio.dial(NUMBER)
    twilio.advance(3600)
    assert (len(phone.heard), phone.call["verb"], phone.status) == (361, "Play", "in-progress")
