"""Gather: keys and speech, and what the action receives."""

from __future__ import annotations

import pytest
from twilio.rest import Client

from midcall_emulator.client import Emulator
from tests.support.call_log import heard, heard_times
from tests.support.scripted_app import Answer, ScriptedApp

NUMBER = "+14155550100"


def test_without_action_the_same_document_is_requested_again(twilio: Emulator, app: ScriptedApp) -> None:
    app.on("/start", "<Gather/><Play>foo</Play>", "<Hangup/>")
    phone = twilio.dial(NUMBER).press("1")
    twilio.advance(5)
    assert app.paths() == ["POST /start", "POST /start"]
    assert app.visit("/start").params["Digits"] == "1"
    assert app.visit("/start").params["CallStatus"] == "in-progress"
    assert heard(phone) == []


def test_a_relative_action_is_resolved(twilio: Emulator, app: ScriptedApp, client: Client) -> None:
    client.incoming_phone_numbers.list()[0].update(voice_url=app.url("/a/start"))
    app.on("/a/start", '<Gather action="r" method="GET" numDigits="1"/>')
    twilio.dial(NUMBER).press("7")
    twilio.settle()
    assert app.paths() == ["POST /a/start", "GET /a/r"]
    assert app.visit("/a/r").params["Digits"] == "7"


def test_silence_continues_with_the_next_verb(twilio: Emulator, app: ScriptedApp) -> None:
    app.on("/start", "<Gather/><Play>foo</Play>")
    phone = twilio.dial(NUMBER)
    twilio.advance(4.9)
    assert heard(phone) == []
    twilio.advance(30)
    assert (heard(phone), heard_times(phone)) == (["play(/foo)"], [5])
    assert app.paths() == ["POST /start", "GET /foo"]


@pytest.mark.parametrize(
    ("attributes", "keys", "wait", "digits"),
    [
        ("", "12#", 0, "12"),
        ('finishOnKey=""', "12#", 5, "12#"),
        ('finishOnKey="*"', "1#*", 0, "1#"),
        ('numDigits="5"', "941178", 0, "94117"),
        ('timeout="2"', "12", 2, "12"),
        ('input="dtmf speech"', "2#", 0, "2"),
    ],
)
def test_finish_key_number_of_digits_or_timeout_ends_the_input(
    twilio: Emulator, app: ScriptedApp, attributes: str, keys: str, wait: float, digits: str
) -> None:
    app.on("/start", f'<Gather action="/a" {attributes}/><Say>Nothing</Say>')
    twilio.dial(NUMBER).press(keys)
    if wait:
        twilio.advance(wait - 0.1)
        assert app.paths() == ["POST /start"]
        twilio.advance(0.1)
    twilio.settle()
    assert app.visit("/a").params["Digits"] == digits
    assert "SpeechResult" not in app.visit("/a").params


def test_each_key_restarts_the_timeout(twilio: Emulator, app: ScriptedApp) -> None:
    app.on("/start", '<Gather action="/a"/>')
    phone = twilio.dial(NUMBER)
    for key in "123":
        phone.press(key)
        twilio.advance(4)
    assert app.paths() == ["POST /start"]
    twilio.advance(1)
    assert app.visit("/a").params["Digits"] == "123"


def test_the_finish_key_alone_is_no_input(twilio: Emulator, app: ScriptedApp) -> None:
    app.on("/start", '<Gather action="/a"/><Say>Next</Say>')
    phone = twilio.dial(NUMBER).press("#").hears("Next")
    assert (app.paths(), heard_times(phone)) == (["POST /start"], [0])


def test_action_on_empty_result_requests_the_action(twilio: Emulator, app: ScriptedApp) -> None:
    app.on("/start", '<Gather action="/a" actionOnEmptyResult="true"/>')
    twilio.dial(NUMBER)
    twilio.advance(5)
    assert app.visit("/a").params.get("Digits", "") == ""


def test_the_timeout_begins_after_looped_prompts(twilio: Emulator, app: ScriptedApp) -> None:
    app.on("/start", '<Gather><Say loop="3">A</Say><Play loop="2">b</Play></Gather><Say>End</Say>')
    phone = twilio.dial(NUMBER)
    twilio.advance(60)
    assert heard(phone) == ["say(A)"] * 3 + ["play(/b)"] * 2 + ["say(End)"]
    assert heard_times(phone) == [0, 0.5, 1, 1.5, 11.5, 26.5]


@pytest.mark.parametrize(("barge_in", "expected"), [("true", ["say(A)"]), ("false", ["say(A)", "say(B)"])])
def test_barge_in_decides_whether_a_key_interrupts_the_prompts(
    twilio: Emulator, app: ScriptedApp, barge_in: str, expected: list[str]
) -> None:
    app.on("/start", f'<Gather bargeIn="{barge_in}" action="/a"><Say>A</Say><Say>B</Say></Gather>')
    phone = twilio.dial(NUMBER).press("1")
    twilio.advance(6)
    assert heard(phone) == expected
    assert app.visit("/a").params["Digits"] == "1"


def test_speech_is_sent_after_the_speech_timeout(twilio: Emulator, app: ScriptedApp) -> None:
    app.on("/start", '<Gather input="speech" action="/a" speechTimeout="2"><Say>What?</Say></Gather>')
    phone = twilio.dial(NUMBER).press("1").speak("the sales team", seconds=3)
    twilio.advance(4.9)
    assert app.paths() == ["POST /start"]
    twilio.advance(0.1)
    params = app.visit("/a").params
    assert (params["SpeechResult"], params["Confidence"]) == ("the sales team", "0.9")
    assert "Digits" not in params
    assert heard(phone) == ["say(What?)"]


def test_speech_timeout_auto_ends_soon_after_the_last_word(twilio: Emulator, app: ScriptedApp) -> None:
    app.on("/start", '<Gather input="dtmf speech" action="/a" speechTimeout="auto"/>')
    twilio.dial(NUMBER).speak("yes", seconds=1)
    twilio.advance(2)
    assert app.visit("/a").params["SpeechResult"] == "yes"


def test_a_key_during_speech_wins(twilio: Emulator, app: ScriptedApp) -> None:
    app.on("/start", '<Gather input="dtmf speech" action="/a"/>')
    phone = twilio.dial(NUMBER).speak("erm", seconds=4)
    twilio.advance(1)
    phone.press("2")
    twilio.advance(5)
    assert app.visit("/a").params["Digits"] == "2"
    assert "SpeechResult" not in app.visit("/a").params


def test_a_hangup_discards_the_keys(twilio: Emulator, app: ScriptedApp) -> None:
    app.on("/start", '<Gather action="/a"/>')
    phone = twilio.dial(NUMBER).press("12").hangup()
    twilio.advance(30)
    assert app.paths(status=True) == ["POST /start", "POST /status"]
    assert phone.status == "completed"


@pytest.mark.parametrize(
    ("after", "keys", "result"),
    [
        (1, "#", {"SpeechResult": "sales"}),  # speech came first: the finish key has no effect
        (1, "2", {"Digits": "2"}),  # during speech, keys win
        (3, "2", {"SpeechResult": "sales"}),  # after speech, speech wins
        (3, "#", {"SpeechResult": "sales"}),
    ],
)
def test_completed_speech_wins_over_later_keys(
    twilio: Emulator, app: ScriptedApp, after: float, keys: str, result: dict[str, str]
) -> None:
    app.on("/start", '<Gather input="dtmf speech" action="/a"/>')
    phone = twilio.dial(NUMBER).speak("sales", seconds=2)
    twilio.advance(after)
    phone.press(keys)
    twilio.advance(10)
    params = app.visit("/a").params
    assert {name: params[name] for name in ("Digits", "SpeechResult") if name in params} == result


def test_speech_after_a_key_is_ignored(twilio: Emulator, app: ScriptedApp) -> None:
    app.on("/start", '<Gather input="dtmf speech" action="/a"/>')
    twilio.dial(NUMBER).press("1").speak("sales", seconds=9)
    twilio.advance(5)
    assert (app.visit("/a").params["Digits"], "SpeechResult" in app.visit("/a").params) == ("1", False)


@pytest.mark.parametrize(
    ("attributes", "seconds"), [("", 65), ('maxSpeechTime="10"', 15), ('speechTimeout="1"', 61)]
)
def test_max_speech_time_limits_the_speech(
    twilio: Emulator, app: ScriptedApp, attributes: str, seconds: float
) -> None:
    app.on("/start", f'<Gather input="speech" action="/a" {attributes}/>')
    twilio.dial(NUMBER).speak("a long story", seconds=100)
    twilio.advance(seconds - 0.1)
    assert app.paths() == ["POST /start"]
    twilio.advance(0.1)
    assert app.paths() == ["POST /start", "POST /a"]


@pytest.mark.parametrize(("keys", "digits"), [("", ""), ("#", "")])
def test_an_empty_result_reports_empty_digits(
    twilio: Emulator, app: ScriptedApp, keys: str, digits: str
) -> None:
    app.on("/start", '<Gather action="/a" actionOnEmptyResult="true" method="GET"/><Say>Never</Say>')
    phone = twilio.dial(NUMBER)
    if keys:
        phone.press(keys)
    twilio.advance(6)
    assert (app.paths(), app.visit("/a").params["Digits"]) == (["POST /start", "GET /a"], digits)
    assert app.visit("/a").params["FinishedOnKey"] == keys
    assert heard(phone) == []


def test_the_timeout_begins_after_the_prompt_or_at_the_first_key(twilio: Emulator, app: ScriptedApp) -> None:
    app.on("/start", '<Gather action="/a" timeout="3"><Pause length="10"/></Gather><Say>Timeout</Say>')
    phone = twilio.dial(NUMBER)
    twilio.advance(20)
    assert heard_times(phone)[-1] == 13
    other = twilio.dial(NUMBER)
    twilio.advance(4)
    other.press("1")
    twilio.advance(2.9)
    assert "POST /a" not in app.paths()
    twilio.advance(0.1)
    assert app.visit("/a").params["Digits"] == "1"


def test_the_finish_key_ends_the_input_before_the_number_of_digits(
    twilio: Emulator, app: ScriptedApp
) -> None:
    app.on("/start", '<Gather action="/a" numDigits="3"/>')
    twilio.dial(NUMBER).press("12#")
    twilio.settle()
    assert (app.visit("/a").params["Digits"], app.visit("/a").params["FinishedOnKey"]) == ("12", "#")


def test_an_absolute_action_keeps_its_query(twilio: Emulator, app: ScriptedApp) -> None:
    app.on("/start", f'<Gather action="{app.url("/else/a?x=1")}" numDigits="1"/>')
    twilio.dial(NUMBER).press("1")
    twilio.settle()
    assert app.visit("/else/a").target == "/else/a?x=1"


def test_a_redirected_action_loses_the_digits(twilio: Emulator, app: ScriptedApp) -> None:
    app.on("/start", '<Gather action="/a" numDigits="1"/>')
    app.on("/a", Answer("", status=307, headers={"Location": "/b"}))
    twilio.dial(NUMBER).press("1")
    twilio.settle()
    assert (app.paths()[-1], "Digits" in app.visit("/b").params) == ("GET /b", False)
