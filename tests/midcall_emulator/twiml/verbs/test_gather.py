"""Gather: keys and speech, and what becomes of them."""

from __future__ import annotations

import pytest
from twilio.rest import Client

from midcall_emulator.client import Emulator
from tests.support.listening import heard, times
from tests.support.scripted_app import Line, ScriptedApp

NUMBER = "+14155550100"


def test_without_action_the_same_document_is_asked_again(twilio: Emulator, app: ScriptedApp) -> None:
    app.on("/start", "<Gather/><Play>foo</Play>", "<Hangup/>")
    phone = twilio.dial(NUMBER).press("1")
    twilio.advance(5)
    assert app.paths() == ["POST /start", "POST /start"]
    assert app.visit("/start").params["Digits"] == "1"
    assert app.visit("/start").params["CallStatus"] == "in-progress"
    assert heard(phone) == []


def test_a_relative_action(twilio: Emulator, app: ScriptedApp, client: Client) -> None:
    client.incoming_phone_numbers.list()[0].update(voice_url=app.url("/a/start"))
    app.on("/a/start", '<Gather action="r" method="GET" numDigits="1"/>')
    twilio.dial(NUMBER).press("7")
    twilio.settle()
    assert app.paths() == ["POST /a/start", "GET /a/r"]
    assert app.visit("/a/r").params["Digits"] == "7"


def test_silence_falls_through(twilio: Emulator, app: ScriptedApp) -> None:
    app.on("/start", "<Gather/><Play>foo</Play>")
    phone = twilio.dial(NUMBER)
    twilio.advance(4.9)
    assert heard(phone) == []
    twilio.advance(30)
    assert (heard(phone), times(phone)) == (["play(/foo)"], [5])
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
def test_what_ends_the_keys(
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


def test_each_key_starts_the_wait_anew(twilio: Emulator, app: ScriptedApp) -> None:
    app.on("/start", '<Gather action="/a"/>')
    phone = twilio.dial(NUMBER)
    for key in "123":
        phone.press(key)
        twilio.advance(4)
    assert app.paths() == ["POST /start"]
    twilio.advance(1)
    assert app.visit("/a").params["Digits"] == "123"


def test_only_the_finish_key_is_no_input(twilio: Emulator, app: ScriptedApp) -> None:
    app.on("/start", '<Gather action="/a"/><Say>Next</Say>')
    phone = twilio.dial(NUMBER).press("#").hears("Next")
    assert (app.paths(), times(phone)) == (["POST /start"], [0])


def test_action_on_empty_result(twilio: Emulator, app: ScriptedApp) -> None:
    app.on("/start", '<Gather action="/a" actionOnEmptyResult="true"/>')
    twilio.dial(NUMBER)
    twilio.advance(5)
    assert app.visit("/a").params.get("Digits", "") == ""


def test_nested_prompts_loop_and_then_the_wait_begins(twilio: Emulator, app: ScriptedApp) -> None:
    app.on("/start", '<Gather><Say loop="3">A</Say><Play loop="2">b</Play></Gather><Say>End</Say>')
    phone = twilio.dial(NUMBER)
    twilio.advance(60)
    assert heard(phone) == ["say(A)"] * 3 + ["play(/b)"] * 2 + ["say(End)"]
    assert times(phone) == [0, 0.5, 1, 1.5, 11.5, 26.5]


@pytest.mark.parametrize(("barge_in", "expected"), [("true", ["say(A)"]), ("false", ["say(A)", "say(B)"])])
def test_a_key_cuts_the_prompt(
    twilio: Emulator, app: ScriptedApp, barge_in: str, expected: list[str]
) -> None:
    app.on("/start", f'<Gather bargeIn="{barge_in}" action="/a"><Say>A</Say><Say>B</Say></Gather>')
    phone = twilio.dial(NUMBER).press("1")
    twilio.advance(6)
    assert heard(phone) == expected
    assert app.visit("/a").params["Digits"] == "1"


def test_speech(twilio: Emulator, app: ScriptedApp) -> None:
    app.on("/start", '<Gather input="speech" action="/a" speechTimeout="2"><Say>What?</Say></Gather>')
    phone = twilio.dial(NUMBER).press("1").speak("the sales team", seconds=3)
    twilio.advance(4.9)
    assert app.paths() == ["POST /start"]
    twilio.advance(0.1)
    params = app.visit("/a").params
    assert (params["SpeechResult"], params["Confidence"]) == ("the sales team", "0.9")
    assert "Digits" not in params
    assert heard(phone) == ["say(What?)"]


def test_auto_ends_speech_soon_after_it(twilio: Emulator, app: ScriptedApp) -> None:
    app.on("/start", '<Gather input="dtmf speech" action="/a" speechTimeout="auto"/>')
    twilio.dial(NUMBER).speak("yes", seconds=1)
    twilio.advance(2)
    assert app.visit("/a").params["SpeechResult"] == "yes"


def test_a_key_while_talking_wins(twilio: Emulator, app: ScriptedApp) -> None:
    app.on("/start", '<Gather input="dtmf speech" action="/a"/>')
    phone = twilio.dial(NUMBER).speak("erm", seconds=4)
    twilio.advance(1)
    phone.press("2")
    twilio.advance(5)
    assert app.visit("/a").params["Digits"] == "2"
    assert "SpeechResult" not in app.visit("/a").params


def test_hanging_up_loses_the_keys(twilio: Emulator, app: ScriptedApp) -> None:
    app.on("/start", '<Gather action="/a"/>')
    phone = twilio.dial(NUMBER).press("12").hangup()
    twilio.advance(30)
    assert app.paths(status=True) == ["POST /start", "POST /status"]
    assert phone.status == "completed"


@pytest.mark.parametrize(
    ("after", "keys", "result"),
    [
        (1, "#", {"SpeechResult": "sales"}),  # speech came first: the finish key counts no more
        (1, "2", {"Digits": "2"}),  # while talking, keys win
        (3, "2", {"SpeechResult": "sales"}),  # after it, speech has won
        (3, "#", {"SpeechResult": "sales"}),
    ],
)
def test_speech_before_keys(
    twilio: Emulator, app: ScriptedApp, after: float, keys: str, result: dict[str, str]
) -> None:
    app.on("/start", '<Gather input="dtmf speech" action="/a"/>')
    phone = twilio.dial(NUMBER).speak("sales", seconds=2)
    twilio.advance(after)
    phone.press(keys)
    twilio.advance(10)
    params = app.visit("/a").params
    assert {name: params[name] for name in ("Digits", "SpeechResult") if name in params} == result


def test_speech_after_keys_is_not_listened_to(twilio: Emulator, app: ScriptedApp) -> None:
    app.on("/start", '<Gather input="dtmf speech" action="/a"/>')
    twilio.dial(NUMBER).press("1").speak("sales", seconds=9)
    twilio.advance(5)
    assert (app.visit("/a").params["Digits"], "SpeechResult" in app.visit("/a").params) == ("1", False)


@pytest.mark.parametrize(
    ("attributes", "seconds"), [("", 65), ('maxSpeechTime="10"', 15), ('speechTimeout="1"', 61)]
)
def test_how_long_somebody_may_talk(
    twilio: Emulator, app: ScriptedApp, attributes: str, seconds: float
) -> None:
    app.on("/start", f'<Gather input="speech" action="/a" {attributes}/>')
    twilio.dial(NUMBER).speak("a long story", seconds=100)
    twilio.advance(seconds - 0.1)
    assert app.paths() == ["POST /start"]
    twilio.advance(0.1)
    assert app.paths() == ["POST /start", "POST /a"]


@pytest.mark.parametrize(("keys", "digits"), [("", ""), ("#", "")])
def test_nothing_but_the_finish_key_may_be_told(
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


def test_the_timeout_starts_after_the_prompt_and_at_the_first_key(twilio: Emulator, app: ScriptedApp) -> None:
    app.on("/start", '<Gather action="/a" timeout="3"><Pause length="10"/></Gather><Say>Nobody</Say>')
    phone = twilio.dial(NUMBER)
    twilio.advance(20)
    assert times(phone)[-1] == 13
    other = twilio.dial(NUMBER)
    twilio.advance(4)
    other.press("1")
    twilio.advance(2.9)
    assert "POST /a" not in app.paths()
    twilio.advance(0.1)
    assert app.visit("/a").params["Digits"] == "1"


def test_keys_are_those_of_the_number_wanted_whatever_the_finish_key(
    twilio: Emulator, app: ScriptedApp
) -> None:
    app.on("/start", '<Gather action="/a" numDigits="3"/>')
    twilio.dial(NUMBER).press("12#")
    twilio.settle()
    assert (app.visit("/a").params["Digits"], app.visit("/a").params["FinishedOnKey"]) == ("12", "#")


def test_an_absolute_action(twilio: Emulator, app: ScriptedApp) -> None:
    app.on("/start", f'<Gather action="{app.url("/else/a?x=1")}" numDigits="1"/>')
    twilio.dial(NUMBER).press("1")
    twilio.settle()
    assert app.visit("/else/a").target == "/else/a?x=1"


def test_an_action_that_redirects_loses_the_digits(twilio: Emulator, app: ScriptedApp) -> None:
    app.on("/start", '<Gather action="/a" numDigits="1"/>')
    app.on("/a", Line("", status=307, headers={"Location": "/b"}))
    twilio.dial(NUMBER).press("1")
    twilio.settle()
    assert (app.paths()[-1], "Digits" in app.visit("/b").params) == ("GET /b", False)
