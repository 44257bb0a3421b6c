"""Refer: SIP callers only, and what the action receives."""

from __future__ import annotations

import pytest

from midcall_emulator.client import Emulator
from tests.support.call_log import heard, warning_codes
from tests.support.scripted_app import ScriptedApp

NUMBER = "+14155550100"
DESK = "sip:desk@example.com"


@pytest.mark.parametrize(
    ("behaviour", "expected"),
    [
        ("answer", ("completed", "202", "200")),
        ("busy", ("busy", "202", "486")),
        ("failed", ("failed", "404", None)),
    ],
)
def test_a_sip_caller_is_referred(
    twilio: Emulator, app: ScriptedApp, behaviour: str, expected: tuple[str, str, str | None]
) -> None:
    twilio.people(DESK, behaviour)
    app.on("/start", f'<Refer action="/a"><Sip>{DESK}</Sip></Refer><Say>Never</Say>')
    phone = twilio.dial(NUMBER, from_="sip:ann@example.com")
    twilio.advance(10)
    params = app.visit("/a").params
    names = ("ReferCallStatus", "ReferSipResponseCode", "NotifySipResponseCode")
    assert tuple(params.get(name) for name in names) == expected
    assert heard(phone) == ["refer"]


def test_without_action_the_next_verb_runs(twilio: Emulator, app: ScriptedApp) -> None:
    app.on("/start", f"<Refer><Sip>{DESK}</Sip></Refer><Say>Still here</Say>")
    phone = twilio.dial(NUMBER, from_="sip:ann@example.com")
    twilio.advance(10)
    assert heard(phone) == ["refer", "say(Still here)"]


def test_a_telephone_caller_cannot_be_referred(twilio: Emulator, app: ScriptedApp) -> None:
    app.on("/start", f"<Refer><Sip>{DESK}</Sip></Refer>")
    phone = twilio.dial(NUMBER)
    twilio.advance(10)
    assert (warning_codes(phone), heard(phone)) == ([13801], ["apology"])


def test_an_invalid_sip_address_is_a_warning(twilio: Emulator, app: ScriptedApp) -> None:
    app.on("/start", "<Refer><Sip>desk</Sip></Refer><Say>On</Say>")
    phone = twilio.dial(NUMBER, from_="sip:ann@example.com")
    twilio.advance(10)
    assert (12200 in warning_codes(phone), heard(phone)) == (True, ["say(On)"])
