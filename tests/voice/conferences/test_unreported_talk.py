"""Parties that no webhook has reported: commands find them at Twilio, and disconnect none of them without consent."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from midcall_emulator.client import Phone
from midcall_emulator.settings import NUMBER
from tests.support.served_app import ServedApp, served_app
from voice.errors import NotSent, WouldDrop

AGENT = "+14155550123"
DIAL = f"<Response><Dial action='https://media.example.com/after'><Number>{AGENT}</Number></Dial></Response>"
LEGS = {"method": "GET", "path": "/Calls.json"}


@pytest.fixture(scope="module")
def served(sqlite_template, tmp_path_factory) -> Iterator[ServedApp]:
    """An app whose callers hear the menu, from which they are transferred."""
    settings = {"TRANSFER_TO": AGENT, "ALLOWED_REDIRECT_HOSTS": "media.example.com"}
    with served_app(sqlite_template, tmp_path_factory, START_SCENE="menu", **settings) as served:
        yield served


def caller_in_menu(served: ServedApp) -> Phone:
    """A caller in the menu."""
    served.start("strict")
    caller = served.emulator.dial(NUMBER)
    served.emulator.advance(2)
    return caller


def talk_by_twiml(served: ServedApp) -> tuple[Phone, Phone]:
    """A caller, and an agent that an operator's TwiML has dialed: the leg has no status callback."""
    caller = caller_in_menu(served)
    served.run(caller, "twiml", twiml=DIAL)
    served.emulator.advance(10)
    [agent] = caller.legs
    assert served.services.registry.calls.get(agent.sid) is None
    return caller, agent


def talk_with_lost_callbacks(served: ServedApp) -> tuple[Phone, Phone]:
    """A caller, and an agent that the menu has dialed: the status callbacks of the leg are lost."""
    caller = caller_in_menu(served)
    served.emulator.faults([{"on": "webhook", "match": "/voice/status", "do": "drop", "times": -1}])
    caller.press("1")
    served.emulator.advance(10)
    [agent] = caller.legs
    assert served.services.registry.calls.get(agent.sid) is None
    return caller, agent


@pytest.mark.parametrize("talk", [talk_by_twiml, talk_with_lost_callbacks])
def test_a_command_names_the_party_whom_no_webhook_has_reported(served, talk):
    caller, agent = talk(served)
    for command, arguments in (("redirect", {"scene": "menu"}), ("transfer", {"to": "+14155550188"})):
        with pytest.raises(WouldDrop) as refused:
            served.run(caller, command, **arguments)
        assert refused.value.fields == [{"field": "even_if_dropping", "message": agent.sid}]
    assert (caller.status, agent.status) == ("in-progress", "in-progress")


def test_hold_keeps_the_party_whom_no_webhook_has_reported(served):
    caller, agent = talk_with_lost_callbacks(served)
    served.run(caller, "hold")
    served.emulator.advance(5)
    assert (caller.status, agent.status) == ("in-progress", "in-progress")
    assert any(item["kind"] == "play" for item in caller.heard)
    served.run(caller, "resume")
    caller.speak("I am back")
    assert "I am back" in [item.get("text") for item in agent.heard]


def test_a_command_is_refused_if_twilio_cannot_be_asked(served):
    caller, agent = talk_by_twiml(served)
    served.emulator.faults([{"on": "rest", "match": LEGS, "do": "status", "value": 500, "times": -1}])
    with pytest.raises(NotSent):
        served.run(caller, "redirect", scene="menu")
    assert (caller.status, agent.status) == ("in-progress", "in-progress")
    served.run(caller, "redirect", scene="menu", even_if_dropping=True)
    served.emulator.advance(1)
    assert (caller.status, agent.status) == ("in-progress", "completed")


def requests_for_legs(served: ServedApp, run: Any) -> int:
    """How often Twilio is asked for the legs of a call meanwhile."""
    served.emulator.faults([{"on": "rest", "match": LEGS, "do": "delay", "value": 0, "times": 100}])
    run()
    [rule] = served.emulator.request("GET", "/faults")["faults"]
    return 100 - int(rule["times"])


def test_what_twilio_answered_counts_for_two_seconds_and_own_documents_need_no_answer(served):
    caller, _ = talk_by_twiml(served)

    def redirect() -> None:
        with pytest.raises(WouldDrop):
            served.run(caller, "redirect", scene="menu")

    assert [requests_for_legs(served, redirect) for _ in range(2)] == [1, 0]
    alone = caller_in_menu(served)
    assert requests_for_legs(served, lambda: served.run(alone, "redirect", scene="goodbye")) == 0
