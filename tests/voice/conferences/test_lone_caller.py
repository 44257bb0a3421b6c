"""A caller alone in a conference is led back to their place, whatever Twilio's API lists and whatever is lost."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from midcall_emulator.client import Phone
from midcall_emulator.settings import NUMBER
from tests.support.served_app import ServedApp, served_app
from voice.conferences.keeper import QUIET_SECONDS
from voice.errors import TwilioFailed

COLLEAGUE = "+14155550188"
LIST = {"method": "GET", "path": "/Conferences"}
NO_FAULT: list[dict[str, Any]] = []
FAULTS = {
    "nothing": NO_FAULT,
    "404": [{"on": "rest", "match": LIST, "do": "status", "value": 404, "times": -1}],
    "500": [{"on": "rest", "match": LIST, "do": "status", "value": 500, "times": -1}],
    "lost callbacks": [{"on": "webhook", "match": "/voice/conference", "do": "drop", "times": -1}],
}
FAULTS["both"] = FAULTS["404"] + FAULTS["lost callbacks"]


@pytest.fixture(scope="module")
def served(sqlite_template, tmp_path_factory) -> Iterator[ServedApp]:
    """An app whose callers hear the menu."""
    with served_app(sqlite_template, tmp_path_factory, START_SCENE="menu") as served:
        yield served


def lone_caller(served: ServedApp, switches: str = "strict") -> Phone:
    """A caller in the menu, and a colleague whose line is busy."""
    served.start(switches, rest_lag_ms=0)  # the lag is in real time
    served.emulator.people(COLLEAGUE, "busy")
    caller = served.emulator.dial(NUMBER)
    served.emulator.advance(2)
    return caller


def times_in_menu(caller: Phone) -> int:
    """How often the caller has heard the menu from its start."""
    return sum("press 1" in item.get("text", "") for item in caller.heard)


@pytest.mark.parametrize("switches", ["strict", "slow"])
@pytest.mark.parametrize("fault", FAULTS)
def test_a_lone_caller_is_led_back_whatever_twilio_lists(served, fault, switches):
    caller = lone_caller(served, switches)
    served.emulator.faults(FAULTS[fault])
    served.run(caller, "bring_in", to=COLLEAGUE)
    assert served.call(caller).scene == "room"
    before = times_in_menu(caller)
    served.tend_conferences(10)
    assert (caller.status, served.call(caller).scene) == ("in-progress", "menu")
    assert times_in_menu(caller) > before


def test_a_caller_is_led_back_at_once_if_twilio_dials_no_phone(served):
    caller = lone_caller(served)
    match = {"method": "POST", "path": "/Participants.json"}
    served.emulator.faults([{"on": "rest", "match": match, "do": "status", "value": 429, "times": -1}])
    with pytest.raises(TwilioFailed):
        served.run(caller, "bring_in", to=COLLEAGUE)
    served.emulator.advance(2)
    assert (caller.status, served.call(caller).scene) == ("in-progress", "menu")


def test_the_participant_is_added_by_the_name_of_a_conference_that_has_not_started(served):
    caller = lone_caller(served)
    served.emulator.people(COLLEAGUE, "answer")
    served.emulator.faults(FAULTS["404"])
    command = served.run(caller, "bring_in", to=COLLEAGUE)
    served.emulator.advance(10)
    [colleague] = served.emulator.phones(to=COLLEAGUE)
    colleague.speak("How can I help?")
    assert "How can I help?" in [item.get("text") for item in caller.heard]
    assert served.command(command).state == "confirmed"
    served.tend_conferences(int(QUIET_SECONDS) + 2)
    assert colleague.status == "in-progress"


def test_a_caller_who_went_on_elsewhere_is_not_led_back_though_their_leave_was_lost(served):
    caller = lone_caller(served)
    served.emulator.people(COLLEAGUE, "answer")
    served.run(caller, "bring_in", to=COLLEAGUE)
    served.emulator.advance(10)
    served.emulator.faults(FAULTS["both"])
    served.run(
        caller,
        "twiml",
        twiml="<Response><Say>Elsewhere.</Say><Pause length='90'/></Response>",
        even_if_dropping=True,
    )
    served.tend_conferences(8)
    assert [item["text"] for item in caller.heard if "text" in item][-1] == "Elsewhere."
    assert caller.status == "in-progress"


def test_the_last_participant_is_led_out_though_the_leave_of_the_other_was_lost(served):
    caller = lone_caller(served)
    served.emulator.people(COLLEAGUE, "answer")
    served.run(caller, "bring_in", to=COLLEAGUE)
    served.emulator.advance(10)
    [colleague] = served.emulator.phones(to=COLLEAGUE)
    served.emulator.faults(FAULTS["lost callbacks"])
    served.run(caller, "redirect", scene="menu", even_if_dropping=True)
    served.tend_conferences(8)
    assert "Goodbye" in str(colleague.heard[-1].get("text"))
    assert (caller.status, served.call(caller).scene) == ("in-progress", "menu")


def test_a_conference_ends_for_all_with_a_goodbye_although_its_end_would_hang_up(served):
    caller = lone_caller(served)
    served.emulator.people(COLLEAGUE, "answer")
    served.run(caller, "bring_in", to=COLLEAGUE)
    served.emulator.advance(10)
    [colleague] = served.emulator.phones(to=COLLEAGUE)
    status = {"method": "POST", "path": "/Conferences/CF", "params": {"Status": "completed"}}
    served.emulator.faults([{"on": "rest", "match": status, "do": "status", "value": 500, "times": -1}])
    command = served.run(caller, "end_room")
    served.emulator.advance(5)
    assert served.call(caller).scene == "menu"
    assert "Goodbye" in str(colleague.heard[-1].get("text"))
    assert served.command(command).state == "confirmed"


def test_the_end_reaches_a_participant_whose_answer_no_webhook_has_reported(served):
    caller = lone_caller(served)
    served.emulator.people(COLLEAGUE, "answer")
    served.emulator.faults([{"on": "webhook", "match": "/voice/status", "do": "drop", "times": -1}])
    served.run(caller, "bring_in", to=COLLEAGUE)
    served.emulator.advance(10)
    [colleague] = served.emulator.phones(to=COLLEAGUE)
    assert (served.call(colleague).in_room, served.call(colleague).status) == (True, "queued")
    served.run(caller, "end_room")
    served.emulator.advance(5)
    assert "Goodbye" in str(colleague.heard[-1].get("text"))
