"""The caller ID of a Dial to a phone."""

from __future__ import annotations

import pytest

from midcall_emulator.client import Emulator, Phone
from tests.support.call_log import heard, warning_codes
from tests.support.scripted_app import ScriptedApp

NUMBER = "+14155550100"
ANN = "+15005550006"


def dial_from(twilio: Emulator, app: ScriptedApp, caller: str, dial: str) -> Phone:
    """Let a caller with this address run a document with a Dial; what follows it says "Out"."""
    app.on("/start", f"{dial}<Say>Out</Say>")
    phone = twilio.dial(NUMBER, from_=caller)
    twilio.advance(5)
    return phone


@pytest.mark.parametrize("caller", ["client:ann", "sip:ann@example.com"])
def test_a_caller_without_a_phone_number_needs_a_caller_id(
    twilio: Emulator, app: ScriptedApp, caller: str
) -> None:
    phone = dial_from(twilio, app, caller, f"<Dial>{ANN}</Dial>")
    assert (heard(phone), warning_codes(phone), phone.legs) == (["say(Out)"], [13214], [])
    shown = dial_from(twilio, app, caller, f'<Dial callerId="{NUMBER}">{ANN}</Dial>')
    assert [(leg.status, leg.call["from"]) for leg in shown.legs] == [("in-progress", NUMBER)]
    to_a_client = dial_from(twilio, app, caller, "<Dial><Client>bob</Client></Dial>")
    assert [leg.status for leg in to_a_client.legs] == ["in-progress"]


@pytest.mark.parametrize("caller", ["+266696687", "anonymous"])
def test_a_phone_rejects_a_withheld_number(twilio: Emulator, app: ScriptedApp, caller: str) -> None:
    phone = dial_from(twilio, app, caller, f"<Dial>{ANN}</Dial>")
    assert (heard(phone)[-1], [leg.status for leg in phone.legs]) == ("say(Out)", ["failed"])
    shown = dial_from(twilio, app, caller, f'<Dial callerId="{NUMBER}">{ANN}</Dial>')
    assert [leg.status for leg in shown.legs] == ["in-progress"]


def test_a_word_is_no_caller_id_for_a_phone(twilio: Emulator, app: ScriptedApp) -> None:
    phone = dial_from(twilio, app, "+14155550123", f'<Dial callerId="garbage">{ANN}</Dial>')
    assert (heard(phone), warning_codes(phone)) == (["say(Out)"], [13214])


@pytest.mark.parametrize("caller", ["client:ann", "+266696687"])
def test_a_switch_allows_any_caller(twilio: Emulator, app: ScriptedApp, caller: str) -> None:
    twilio.switches(dial_caller_id="any")
    phone = dial_from(twilio, app, caller, f"<Dial>{ANN}</Dial>")
    assert [leg.status for leg in phone.legs] == ["in-progress"]
