"""A warm transfer: `consult`, `connect`, `leave`; and the keeper of rooms, who leaves nobody alone with music."""

from __future__ import annotations

from tests.support.conference_parties import (
    EXPERT,
    documents_of,
    done,
    in_room,
    joined,
    refusal,
    told,
    who_hears,
)
from tests.support.parties import bridged, confirmed, words
from voice import build_services
from voice.conferences.keeper import QUIET_SECONDS, REPEAT_SECONDS, ConferenceKeeper
from voice.config import load


def kinds(story):
    return [event["kind"] for event in story["events"]]


def consulted(stack):
    """A caller on hold, and an agent who talks to an expert."""
    caller, agent = bridged(stack)
    command = stack.admin.command(caller, "consult", to=EXPERT)
    expert = joined(stack, EXPERT)
    confirmed(stack, caller, command)
    return caller, agent, expert


def test_the_caller_waits_is_connected_and_the_agent_leaves_them_to_it(stack):
    caller, agent, expert = consulted(stack)
    stack.wait_until(lambda: any(item["kind"] == "play" for item in caller.heard))
    assert who_hears(agent, "A difficult case", caller=caller, expert=expert) == {"expert"}
    assert who_hears(caller, "Hello?", agent=agent, expert=expert) == set()
    assert stack.admin.command(caller, "connect")["state"] == "confirmed"
    assert who_hears(agent, "Here they are", caller=caller, expert=expert) == {"caller", "expert"}
    assert stack.admin.command(agent, "leave")["state"] == "confirmed"
    agent.hears("Goodbye")
    assert who_hears(caller, "Nice to meet you", agent=agent, expert=expert) == {"expert"}
    story = stack.admin.wait_for(caller, lambda story: "participant-unhold" in told(story))
    assert told(story) == ["participant-join", "participant-hold", "participant-unhold"]
    expert.hangup()
    caller.hears("Goodbye", timeout=20)
    for phone in (caller, agent):
        assert documents_of(phone)[-3:] == ["room", "room_left", "goodbye"]


def test_the_agent_may_be_the_one_who_waits(stack):
    caller, agent = bridged(stack)
    command = stack.admin.command(agent, "consult", to=EXPERT)
    expert = joined(stack, EXPERT)
    confirmed(stack, agent, command)
    assert who_hears(expert, "Hello", caller=caller, agent=agent) == {"caller"}
    assert stack.admin.command(caller, "connect")["state"] == "confirmed"
    assert who_hears(expert, "Hello all", caller=caller, agent=agent) == {"caller", "agent"}


def test_who_leaves_connects_whoever_waits(stack):
    caller, agent, expert = consulted(stack)
    assert stack.admin.command(agent, "leave")["state"] == "confirmed"
    assert who_hears(expert, "I take over", caller=caller, agent=agent) == {"caller"}
    assert stack.admin.story(expert)["call"]["live"]


def test_who_is_asked_hears_an_introduction_that_the_caller_does_not(stack):
    caller, agent = in_room(stack)
    command = stack.admin.command(caller, "consult", to=EXPERT, introduction="It is about an invoice.")
    expert = joined(stack, EXPERT)
    confirmed(stack, caller, command)
    assert "It is about an invoice." in words(expert)
    assert "It is about an invoice." not in words(caller) + words(agent)
    assert who_hears(expert, "What is it?", caller=caller, agent=agent) == {"agent"}


def test_if_nobody_answers_the_two_are_connected_again(stack):
    stack.twilio.people(EXPERT, "no-answer")
    caller, agent = bridged(stack)
    command = stack.admin.command(caller, "consult", to=EXPERT, timeout_seconds=5)
    assert done(stack, caller, command) == ("unconfirmed", "There was no answer.")
    stack.admin.wait_for(caller, lambda story: "room.connected" in kinds(story))
    stack.admin.wait_for(caller, lambda story: story["call"]["room"]["hold"] is False)
    assert who_hears(agent, "Nobody there", caller=caller) == {"caller"}


def test_if_the_agent_hangs_up_the_caller_is_connected_to_who_was_asked(stack):
    caller, agent, expert = consulted(stack)
    agent.hangup()
    stack.admin.wait_for(caller, lambda story: "room.connected" in kinds(story))
    assert who_hears(expert, "How can I help?", caller=caller) == {"caller"}


def test_a_number_that_cannot_be_dialled_leaves_the_caller_in_the_talk(stack):
    caller, agent = in_room(stack)
    status, message = refusal(stack, caller, "consult", to=EXPERT, **{"from": "+19995550000"})
    assert (status, "not yet verified" in message) == (502, True), message
    assert who_hears(agent, "Still you", caller=caller) == {"caller"}
    assert stack.twilio.phones(to=EXPERT) == []


def test_a_transfer_has_its_order(stack):
    caller, agent = in_room(stack)
    assert refusal(stack, caller, "connect") == (409, "No participant is on hold.")
    status, message = refusal(stack, agent, "leave")
    assert (status, message.startswith("Wait until two other participants")) == (409, True)
    stack.twilio.people(EXPERT, "manual")
    stack.admin.command(caller, "consult", to=EXPERT)
    assert refusal(stack, agent, "leave")[0] == 409  # their phone still rings
    [expert] = stack.twilio.phones(to=EXPERT)
    expert.waits_for(status="ringing")
    expert.answer()
    joined(stack, EXPERT)
    assert stack.admin.command(agent, "leave")["state"] == "confirmed"


def test_whom_an_operator_holds_stays_on_hold_when_the_other_side_hangs_up(stack):
    """The keeper that looks here has a clock of its own; the worker's looks as well."""
    caller, agent = in_room(stack)
    stack.admin.command(caller, "hold")
    stack.admin.wait_for(caller, lambda story: story["call"]["room"]["hold"])
    agent.hangup()
    stack.admin.wait_for(
        agent, lambda story: not story["call"]["live"] and "participant-leave" in told(story)
    )
    services, clock = build_services(load(stack.environment, dotenv=None)), [0.0]
    keeper = ConferenceKeeper(services, lambda: clock[0])
    for seconds in (0.0, QUIET_SECONDS, REPEAT_SECONDS):
        clock[0] += seconds
        keeper.tend()
    services.registry.close()
    story = stack.admin.story(caller)
    assert (story["call"]["room"]["hold"], "room.ended" in kinds(story)) == (True, False)
    stack.admin.command(caller, "resume")
    caller.hears("Goodbye", timeout=20)


def test_a_room_in_which_a_phone_rings_is_not_ended(stack):
    stack.twilio.people(EXPERT, "manual")
    caller = stack.dial()
    stack.admin.command(caller, "bring_in", to=EXPERT)
    [expert] = stack.twilio.phones(to=EXPERT)
    services, clock = build_services(load(stack.environment, dotenv=None)), [0.0]
    keeper = ConferenceKeeper(services, lambda: clock[0])
    for seconds in (0.0, QUIET_SECONDS, REPEAT_SECONDS):
        clock[0] += seconds
        keeper.tend()
    services.registry.close()
    assert "room.ended" not in kinds(stack.admin.story(caller))
    expert.waits_for(status="ringing")
    expert.reject("busy")
    caller.hears("press 1", times=2, timeout=20)
    story = stack.admin.wait_for(caller, lambda story: story["call"]["scene"] == "menu")
    assert [kind for kind in kinds(story) if kind.startswith("room.")] == ["room.ended"]
