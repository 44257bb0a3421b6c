"""Invalid attribute values: a warning with Twilio's code, and the default instead.

Codes: https://www.twilio.com/docs/api/errors. Twilio does not document the value used instead for each of them."""

from __future__ import annotations

import pytest

from midcall_emulator.client import Emulator
from tests.support.call_log import heard, heard_times, warning_codes
from tests.support.scripted_app import ScriptedApp

NUMBER = "+14155550100"
ANN = "+15005550006"
MANY_HINTS = ",".join(["word"] * 501)


@pytest.mark.parametrize(
    ("attributes", "code"),
    [
        ('finishOnKey="12"', 13310),
        ('finishOnKey="x"', 13310),
        ('method="PUT"', 13312),
        ('timeout="0"', 13313),
        ('timeout="-1"', 13313),
        ('timeout="2.5"', 13313),
        (f'timeout="{"9" * 5000}"', 13313),
        ('timeout="٣"', 13313),
        ('timeout=""', 13313),
        ('numDigits="0"', 13314),
        ('numDigits="auto"', 13314),
        ('input="voice"', 13326),
        ('input="DTMF"', 13326),
        ('speechTimeout="soon"', 13327),
        ('maxSpeechTime="0"', 13328),
        ('partialResultCallback="/p" partialResultCallbackMethod="HEAD"', 13329),
        (f'hints="{MANY_HINTS}"', 13330),
        (f'hints="{"a" * 101}"', 13330),
        ('bargeIn="maybe"', 13332),
        ('profanityFilter="1"', 13333),
        ('speechTimeout="auto" speechModel="phone_call"', 13335),
        ('actionOnEmptyResult="yes"', 13338),
        ('numdigits="1"', 12200),
    ],
)
def test_gather_warns_and_uses_the_default(
    twilio: Emulator, app: ScriptedApp, attributes: str, code: int
) -> None:
    app.on("/start", f'<Gather action="/a" {attributes}><Say>A</Say></Gather><Say>Next</Say>')
    phone = twilio.dial(NUMBER)
    twilio.advance(10)
    assert (heard(phone), heard_times(phone), app.paths()) == (
        ["say(A)", "say(Next)"],
        [0, 5.5],
        ["POST /start"],
    )
    other = twilio.dial(NUMBER).press("12#")
    twilio.settle()
    assert (app.visit("/a").method, app.visit("/a").params["Digits"]) == ("POST", "12")
    assert code in warning_codes(other)


@pytest.mark.parametrize(
    ("attributes", "warnings"),
    [
        ('timeout="auto" speechTimeout="auto" input="speech dtmf"', []),
        ('hints="this is a phrase, $OOV_CLASS_DIGIT_SEQUENCE" speechModel="phone_call"', []),
        ('bargeIn="TRUE" method=" post "', []),
    ],
)
def test_gather_accepts_documented_values(
    twilio: Emulator, app: ScriptedApp, attributes: str, warnings: list[int]
) -> None:
    app.on("/start", f"<Gather {attributes}/>")
    phone = twilio.dial(NUMBER)
    twilio.advance(10)
    assert warning_codes(phone) == warnings


@pytest.mark.parametrize(
    ("verb", "code", "sounds", "seconds"),
    [
        ('<Say loop="many">A</Say>', 13510, ["say(A)"], 0.5),
        ('<Say loop="-1">A</Say>', 13510, ["say(A)"], 0.5),
        ("<Say/>", 13520, [], 0),
        ("<Say> <break/> </Say>", 13520, [], 0),
        (f"<Say>{'a' * 4097}</Say>", 13521, [], 0),
        ('<Say volume="11">A</Say>', 12200, ["say(A)"], 0.5),
        ('<Play loop="x">a.mp3</Play>', 13410, ["play(/a.mp3)"], 10),
        ('<Play digits="12x"/>', 13430, [], 0),
        ('<Pause length="0"/>', 13910, ["silence(1)"], 1),
        ('<Pause length="-4"/>', 13910, ["silence(1)"], 1),
        ('<Pause length="1.5"/>', 13910, ["silence(1)"], 1),
        ('<Gather timeout="1"><Say loudness="1">A</Say></Gather>', 12200, ["say(A)"], 1.5),
        ("<Gather timeout='1'><Hangup/></Gather>", 13320, [], 1),
    ],
)
def test_prompts_warn_and_use_the_default(
    twilio: Emulator, app: ScriptedApp, verb: str, code: int, sounds: list[str], seconds: float
) -> None:
    app.on("/start", f"<Say>B</Say>{verb}<Say>C</Say>")
    phone = twilio.dial(NUMBER)
    twilio.advance(30)
    assert (warning_codes(phone), heard(phone)) == ([code], ["say(B)", *sounds, "say(C)"])
    assert heard_times(phone)[-1] == 0.5 + seconds


@pytest.mark.parametrize(("length", "sounds"), [(4096, 1), (4097, 0)])
def test_say_has_at_most_4096_characters(
    twilio: Emulator, app: ScriptedApp, length: int, sounds: int
) -> None:
    app.on("/start", f"<Say>{'a' * length}</Say>")
    phone = twilio.dial(NUMBER)
    twilio.advance(1)
    assert len(phone.heard) == sounds


@pytest.mark.parametrize(
    ("attributes", "code"),
    [
        ('method="PUT"', 13610),
        ('timeout="x"', 13611),
        ('maxLength="1"', 13612),
        ('maxLength="86401"', 13612),
        ('finishOnKey="ab"', 13613),
        ('playBeep="no"', 13616),
        ('recordingStatusCallback="/r" recordingStatusCallbackEvent="started completed"', 13621),
        ('trim="yes"', 13699),
    ],
)
def test_record_warns_and_uses_the_default(
    twilio: Emulator, app: ScriptedApp, attributes: str, code: int
) -> None:
    app.on("/start", f'<Record action="/a" {attributes}/>')
    phone = twilio.dial(NUMBER).speak("hello", seconds=2)
    twilio.advance(3600)
    assert (warning_codes(phone), heard(phone)) == ([code], ["beep"])
    assert (app.visit("/a").method, app.visit("/a").params["RecordingDuration"]) == ("POST", "2")


@pytest.mark.parametrize(
    ("verb", "code"),
    [
        ('<Redirect method="PUT">/n</Redirect>', 13710),
        ('<Enqueue method="PUT" action="/n" maxQueueSize="1">full</Enqueue>', 14201),
    ],
)
def test_an_invalid_method_falls_back_to_post(
    twilio: Emulator, app: ScriptedApp, verb: str, code: int
) -> None:
    app.on("/wait", '<Enqueue maxQueueSize="1">full</Enqueue>')
    app.on("/start", "<Redirect>/wait</Redirect>", verb)
    twilio.dial(NUMBER)
    twilio.settle()
    phone = twilio.dial(NUMBER, from_=ANN)
    twilio.advance(1)
    assert (code in warning_codes(phone), app.visit("/n").method) == (True, "POST")


@pytest.mark.parametrize(
    ("reason", "warnings", "status"),
    [("rejected", [], "no-answer"), ("Busy", [13810], "no-answer"), ("spam", [13810], "no-answer")],
)
def test_reject_warns_and_uses_the_default(
    twilio: Emulator, app: ScriptedApp, reason: str, warnings: list[int], status: str
) -> None:
    app.on("/start", f'<Reject reason="{reason}"/>')
    phone = twilio.dial(NUMBER)
    twilio.advance(5)
    assert (warning_codes(phone), phone.status, heard(phone)) == (warnings, status, [])
