"""`monitor`, `coach` and `barge`: which participants hear the supervisor, and which the supervisor hears."""

from __future__ import annotations

from tests.support.clients import NUMBER
from tests.support.conference_parties import (
    DESK,
    conference_events,
    conference_of_two,
    heard_by,
    wait_for_join,
)
from tests.support.parties import connect_parties, outcome_of, refusal, spoken_to, wait_for_confirmation


def test_a_supervisor_can_listen_whisper_join_and_listen_again(stack):
    caller, agent = connect_parties(stack)
    command = stack.admin.command(caller, "monitor", to=DESK)
    manager = wait_for_join(stack, DESK)
    wait_for_confirmation(stack, caller, command)
    parties = {"caller": caller, "agent": agent}
    assert heard_by(caller, "Is this recorded?", agent=agent, manager=manager) == {"agent", "manager"}
    assert heard_by(manager, "Nobody hears me", **parties) == set()
    assert stack.admin.command(agent, "coach", supervisor=manager.sid)["state"] == "confirmed"
    assert heard_by(manager, "Offer a discount", **parties) == {"agent"}
    assert stack.admin.command(caller, "barge", supervisor=manager.sid)["state"] == "confirmed"
    assert heard_by(manager, "Good morning", **parties) == {"caller", "agent"}
    assert stack.admin.command(caller, "monitor", supervisor=manager.sid)["state"] == "confirmed"
    assert heard_by(manager, "Quiet again", **parties) == set()
    assert "beep" not in [item["kind"] for phone in (caller, agent, manager) for item in phone.heard]
    call = stack.admin.story(manager)["call"]
    assert (call["from"], call["room"]["supervisor"]) == (NUMBER, True)
    agent.hangup()
    caller.hears("Goodbye", timeout=20)
    manager.waits_for(status="completed", timeout=20)


def test_coach_whispers_to_the_call_of_the_command(stack):
    caller, agent = conference_of_two(stack)
    command = stack.admin.command(agent, "coach", to=DESK)
    manager = wait_for_join(stack, DESK)
    wait_for_confirmation(stack, agent, command)
    assert heard_by(manager, "Slower", caller=caller, agent=agent) == {"agent"}
    story = stack.admin.wait_for(manager, lambda story: "participant-join" in conference_events(story))
    assert story["call"]["room"]["coaching"] is True


def test_only_barge_works_on_a_lone_caller(stack):
    caller = stack.dial()
    for name in ("monitor", "coach"):
        status, message = refusal(stack, caller, name, to=DESK)
        assert (status, "`barge`" in message) == (409, True)
    command = stack.admin.command(caller, "barge", to=DESK)
    manager = wait_for_join(stack, DESK)
    wait_for_confirmation(stack, caller, command)
    assert heard_by(manager, "How can I help?", caller=caller) == {"caller"}
    assert stack.admin.command(caller, "kick")["state"] == "confirmed"
    caller.hears("press 1", times=2)
    manager.waits_for(status="completed", timeout=20)
    assert not any("Goodbye" in text for text in spoken_to(caller))


def test_a_busy_supervisor_leaves_the_caller_in_their_place(stack):
    stack.twilio.people(DESK, "busy")
    caller = stack.dial()
    command = stack.admin.command(caller, "barge", to=DESK)
    assert outcome_of(stack, caller, command) == ("unconfirmed", "The line is busy.")
    caller.hears("press 1", times=2, timeout=20)


def test_coach_is_refused_on_hold_and_supervision_for_participants_of_other_roles(stack):
    caller, agent = conference_of_two(stack)
    stack.admin.command(agent, "hold")
    answer = stack.admin.post(f"/calls/{agent.sid}/coach", {"to": DESK})
    error = answer.json()["error"]
    assert (answer.status_code, error["twilio_code"], "on hold" in error["message"]) == (409, 16027, True)
    for stranger in (agent.sid, "CA" + "0" * 32):
        status, message = refusal(stack, caller, "monitor", supervisor=stranger)
        assert (status, message.startswith("This supervisor is not in the conference.")) == (409, True)
    assert stack.twilio.phones(to=DESK) == []


def test_an_answer_without_the_change_leaves_the_command_unconfirmed(stack):
    caller, agent = conference_of_two(stack)
    stack.admin.command(caller, "monitor", to=DESK)
    manager = wait_for_join(stack, DESK)
    match = {"method": "POST", "path": f"/Participants/{manager.sid}"}
    stack.twilio.faults([{"on": "rest", "match": match, "do": "status", "value": 200}])
    command = stack.admin.command(caller, "barge", supervisor=manager.sid)
    assert (command["state"], "muted is none" in command["message"]) == ("unconfirmed", True)
    assert heard_by(manager, "Still unheard", caller=caller, agent=agent) == set()
