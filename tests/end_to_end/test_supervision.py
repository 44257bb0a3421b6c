"""`monitor`, `coach`, `barge`: who hears the supervisor, and whom the supervisor hears."""

from __future__ import annotations

from tests.support.clients import NUMBER
from tests.support.conference_parties import DESK, done, in_room, joined, refusal, told, who_hears
from tests.support.parties import bridged, confirmed, words


def test_a_supervisor_listens_whispers_breaks_in_and_listens_again(stack):
    caller, agent = bridged(stack)
    command = stack.admin.command(caller, "monitor", to=DESK)
    boss = joined(stack, DESK)
    confirmed(stack, caller, command)
    two, all_ = {"caller": caller, "agent": agent}, {"caller": caller, "agent": agent, "boss": boss}
    assert who_hears(caller, "Is this recorded?", agent=agent, boss=boss) == {"agent", "boss"}
    assert who_hears(boss, "Nobody hears me", **two) == set()
    assert stack.admin.command(agent, "coach", supervisor=boss.sid)["state"] == "confirmed"
    assert who_hears(boss, "Offer a discount", **two) == {"agent"}
    assert stack.admin.command(caller, "barge", supervisor=boss.sid)["state"] == "confirmed"
    assert who_hears(boss, "Good morning", **two) == {"caller", "agent"}
    assert stack.admin.command(caller, "monitor", supervisor=boss.sid)["state"] == "confirmed"
    assert who_hears(boss, "Quiet again", **two) == set()
    assert "beep" not in [item["kind"] for phone in all_.values() for item in phone.heard]
    call = stack.admin.story(boss)["call"]
    assert (call["from"], call["room"]["supervisor"]) == (NUMBER, True)
    agent.hangup()
    caller.hears("Goodbye", timeout=20)
    boss.waits_for(status="completed", timeout=20)


def test_who_is_whispered_to_is_the_call_of_the_command(stack):
    caller, agent = in_room(stack)
    command = stack.admin.command(agent, "coach", to=DESK)
    boss = joined(stack, DESK)
    confirmed(stack, agent, command)
    assert who_hears(boss, "Slower", caller=caller, agent=agent) == {"agent"}
    story = stack.admin.wait_for(boss, lambda story: "participant-join" in told(story))
    assert story["call"]["room"]["coaching"] is True


def test_a_caller_who_is_alone_is_not_listened_to_but_can_be_talked_to(stack):
    caller = stack.dial()
    for name in ("monitor", "coach"):
        status, message = refusal(stack, caller, name, to=DESK)
        assert (status, "`barge`" in message) == (409, True)
    command = stack.admin.command(caller, "barge", to=DESK)
    boss = joined(stack, DESK)
    confirmed(stack, caller, command)
    assert who_hears(boss, "How can I help?", caller=caller) == {"caller"}
    assert stack.admin.command(caller, "kick")["state"] == "confirmed"
    caller.hears("press 1", times=2)
    boss.waits_for(status="completed", timeout=20)
    assert not any("Goodbye" in text for text in words(caller))


def test_a_supervisor_who_does_not_answer_costs_nobody_anything(stack):
    stack.twilio.people(DESK, "busy")
    caller = stack.dial()
    command = stack.admin.command(caller, "barge", to=DESK)
    assert done(stack, caller, command) == ("unconfirmed", "The line is busy.")
    caller.hears("press 1", times=2, timeout=20)


def test_on_hold_nobody_can_be_whispered_to_and_only_supervisors_change(stack):
    caller, agent = in_room(stack)
    stack.admin.command(agent, "hold")
    answer = stack.admin.post(f"/calls/{agent.sid}/coach", {"to": DESK})
    error = answer.json()["error"]
    assert (answer.status_code, error["twilio_code"], "on hold" in error["message"]) == (409, 16027, True)
    for stranger in (agent.sid, "CA" + "0" * 32):
        status, message = refusal(stack, caller, "monitor", supervisor=stranger)
        assert (status, message.startswith("This supervisor is not in the conference.")) == (409, True)
    assert stack.twilio.phones(to=DESK) == []


def test_a_change_that_the_answer_does_not_show_is_no_confirmation(stack):
    caller, agent = in_room(stack)
    stack.admin.command(caller, "monitor", to=DESK)
    boss = joined(stack, DESK)
    match = {"method": "POST", "path": f"/Participants/{boss.sid}"}
    stack.twilio.faults([{"on": "rest", "match": match, "do": "status", "value": 200}])
    command = stack.admin.command(caller, "barge", supervisor=boss.sid)
    assert (command["state"], "muted is none" in command["message"]) == ("unconfirmed", True)
    assert who_hears(boss, "Still unheard", caller=caller, agent=agent) == set()
