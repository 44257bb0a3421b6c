"""Invalid attribute values of Dial, its nouns and Conference: a warning with Twilio's code, and the default."""

from __future__ import annotations

import pytest

from midcall_emulator.client import Emulator
from tests.support.call_log import heard, warning_codes
from tests.support.scripted_app import ScriptedApp

NUMBER = "+14155550100"
ANN = "+15005550006"


@pytest.mark.parametrize(
    ("attributes", "code", "connected"),
    [
        ('method="PUT"', 13210, 1),
        ('timeout="4"', 13212, 1),
        ('timeout="601"', 13212, 1),
        ('hangupOnStar="1"', 13213, 1),
        ('callerId="+15005559999"', 13214, 0),
        ('timeLimit="0"', 13216, 1),
        ('record="yes"', 13217, 1),
        ('sequential="x"', 13218, 1),
        ('answerOnBridge="x"', 13219, 1),
        ('ringTone="usa"', 13220, 1),
        ('trim="x" record="true"', 12200, 1),
        ('recordingTrack="middle" record="true"', 12200, 1),
        ('loudness="1"', 12200, 1),
    ],
)
def test_dial_warns_and_uses_the_default(
    twilio: Emulator, app: ScriptedApp, attributes: str, code: int, connected: int
) -> None:
    app.on("/start", f'<Dial action="/a" {attributes}>{ANN}</Dial>')
    phone = twilio.dial(NUMBER)
    twilio.advance(4)
    for leg in phone.legs:
        phone.press("*")
        leg.hangup()
    twilio.settle()
    assert (warning_codes(phone), len(phone.legs)) == ([code], connected)
    assert app.visit("/a").method == "POST"
    assert phone.call["recordings"] == [] or "record=" in attributes


@pytest.mark.parametrize(
    ("noun", "code", "legs"),
    [
        (f'<Number method="PUT" url="/w">{ANN}</Number>', 13221, 1),
        (f'<Number sendDigits="12y">{ANN}</Number>', 13222, 1),
        (f'<Number statusCallbackEvent="answered rang">{ANN}</Number>', 21626, 1),
        (f'<Number machineDetection="On">{ANN}</Number>', 12200, 1),
        (f'<Number machineDetectionTimeout="2">{ANN}</Number>', 12200, 1),
        (f'<Number machineDetectionSilenceTimeout="1999">{ANN}</Number>', 12200, 1),
        (f'<Number nickname="Ann">{ANN}</Number>', 12200, 1),
        ("<Number>call me</Number>", 13223, 0),
        ("<Sip>ann</Sip>", 13243, 0),
        ('<Sip method="PUT" url="/w">sip:ann@example.com</Sip>', 13241, 1),
        ("<Say>hello</Say>", 13215, 0),
        ("<Sim/>", 13223, 0),
        ("<WhatsApp>ann</WhatsApp>", 13223, 0),
        ("<Application>AP1</Application>", 21218, 0),
    ],
)
def test_nouns_of_dial_warn_or_fail(
    twilio: Emulator, app: ScriptedApp, noun: str, code: int, legs: int
) -> None:
    app.on("/start", f'<Dial action="/a">{noun}</Dial>')
    app.on("/w", "<Say>Psst</Say>")
    phone = twilio.dial(NUMBER)
    twilio.advance(4)
    assert (warning_codes(phone), len(phone.legs)) == ([code], legs)
    if not legs:
        assert app.visit("/a").params["DialCallStatus"] == "failed"


def test_the_first_uri_of_a_sip_noun_is_dialed(twilio: Emulator, app: ScriptedApp) -> None:
    uris = '<Uri priority="1">sip:ann@example.com</Uri><Uri priority="2">sip:bob@example.com</Uri>'
    app.on("/start", f'<Dial><Sip>{uris}<Headers><Header name="X-A" value="1"/></Headers></Sip></Dial>')
    phone = twilio.dial(NUMBER)
    twilio.advance(3)
    assert [leg.call["to"] for leg in phone.legs] == ["sip:ann@example.com"]


@pytest.mark.parametrize(
    ("attributes", "code"),
    [
        ('muted="1"', 13230),
        ('endConferenceOnExit="1"', 13231),
        ('startConferenceOnEnter="0"', 13232),
        ('waitMethod="PUT" waitUrl="/w"', 13234),
        ('beep="loud"', 13235),
        ('trim="x"', 13239),
        ('maxParticipants="251"', 16002),
        ('maxParticipants="0"', 16002),
        ('record="always"', 12200),
        ('loudness="1"', 12200),
    ],
)
def test_conference_warns_and_uses_the_default(
    twilio: Emulator, app: ScriptedApp, attributes: str, code: int
) -> None:
    app.on("/start", f"<Dial><Conference {attributes}>x</Conference></Dial>")
    app.on("/w", '<Pause length="60"/>')
    ann, bob = twilio.dial(NUMBER), twilio.dial(NUMBER, from_=ANN)
    twilio.advance(1)
    assert warning_codes(ann) == [code]
    assert heard(bob)[-2:] == ["beep", f"bridge({ann.sid})"]
    bob.hangup()
    twilio.settle()
    assert ann.status == "in-progress"
