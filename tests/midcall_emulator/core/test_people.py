"""The behavior of dialed parties: the default, a number's own, and its reset."""

from __future__ import annotations

from typing import Any

import pytest

from midcall_emulator.client import Emulator, EmulatorError
from midcall_emulator.core.people import Person
from midcall_emulator.server import Background
from midcall_emulator.settings import Settings
from tests.support.scripted_app import ScriptedApp

NUMBER = "+14155550100"
ANN, BOB = "+15005550006", "+15005550007"


def test_a_number_has_its_own_behavior_beside_the_default(twilio: Emulator, app: ScriptedApp) -> None:
    twilio.everybody("manual")
    twilio.people(BOB, "busy")
    app.on("/start", f'<Dial timeout="30">{ANN}</Dial>')
    phone = twilio.dial(NUMBER)
    twilio.advance(20)
    [ann] = twilio.phones(to=ANN)
    assert ann.status == "ringing"
    ann.answer()
    assert ann.status == "in-progress"
    phone.hangup()
    app.on("/start", f'<Dial timeout="30">{BOB}</Dial>')
    twilio.dial(NUMBER)
    twilio.advance(20)
    assert [bob.status for bob in twilio.phones(to=BOB)] == ["busy"]


def test_the_default_behavior_may_have_a_delay(twilio: Emulator, app: ScriptedApp) -> None:
    twilio.everybody("answer", 7)
    app.on("/start", f'<Dial timeout="30">{ANN}</Dial>')
    twilio.dial(NUMBER)
    twilio.advance(6)
    [ann] = twilio.phones(to=ANN)
    assert ann.status == "ringing"
    twilio.advance(1)
    assert ann.status == "in-progress"


def test_behaviors_are_listed_set_and_deleted(twilio: Emulator) -> None:
    usual = {"behaviour": "answer", "after_seconds": None}
    assert twilio.request("GET", "/people") == {"everybody": usual, "people": {}}
    twilio.people("(500) 555-0006", "no-answer", 3)
    found = twilio.request("PUT", "/people", {"behaviour": "failed"})
    assert found == {
        "everybody": {"behaviour": "failed", "after_seconds": None},
        "people": {ANN: {"behaviour": "no-answer", "after_seconds": 3}},
    }
    assert twilio.request("DELETE", "/people/5005550006")["people"] == {}
    twilio.reset()
    assert twilio.request("GET", "/people") == {"everybody": usual, "people": {}}


@pytest.mark.parametrize("body", [{"behaviour": "dance"}, {"behaviour": 1}, {"after_seconds": -1}, []])
def test_an_invalid_behavior_is_refused(twilio: Emulator, body: Any) -> None:
    with pytest.raises(EmulatorError) as error:
        twilio.request("PUT", "/people", body)
    assert error.value.status == 400


def test_reset_restores_the_behavior_set_at_start() -> None:
    with Background(Settings(port=0, people=Person("manual"))) as url:
        twilio = Emulator(url)
        twilio.everybody("busy")
        twilio.reset()
        assert twilio.request("GET", "/people")["everybody"]["behaviour"] == "manual"
