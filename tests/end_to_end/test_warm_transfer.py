"""A warm transfer with `consult`, `connect` and `leave`; and the keeper, which ends conferences of one participant."""

from __future__ import annotations

from tests.support.conference_parties import (
    EXPERT,
    conference_events,
    conference_of_two,
    heard_by,
    scenes_of,
    wait_for_join,
)
from tests.support.parties import connect_parties, outcome_of, refusal, spoken_to, wait_for_confirmation
from voice import build_services
from voice.conferences.keeper import QUIET_SECONDS, REPEAT_SECONDS, ConferenceKeeper
from voice.config import load


def kinds(story):
    """The kinds of the events, in order."""
    return [event["kind"] for event in story["events"]]


def start_consultation(stack):
    """A caller on hold, and an agent who talks to a colleague."""
    caller, agent = connect_parties(stack)
    command = stack.admin.command(caller, "consult", to=EXPERT)
    expert = wait_for_join(stack, EXPERT)
    wait_for_confirmation(stack, caller, command)
    return caller, agent, expert


def test_the_caller_waits_is_connected_and_stays_when_the_agent_leaves(stack):
    caller, agent, expert = start_consultation(stack)
    stack.wait_until(lambda: any(item["kind"] == "play" for item in caller.heard))
    assert heard_by(agent, "A difficult case", caller=caller, expert=expert) == {"expert"}
    assert heard_by(caller, "Hello?", agent=agent, expert=expert) == set()
    assert stack.admin.command(caller, "connect")["state"] == "confirmed"
    assert heard_by(agent, "Here they are", caller=caller, expert=expert) == {"caller", "expert"}
    assert stack.admin.command(agent, "leave")["state"] == "confirmed"
    agent.hears("Goodbye")
    assert heard_by(caller, "Nice to meet you", agent=agent, expert=expert) == {"expert"}
    story = stack.admin.wait_for(caller, lambda story: "participant-unhold" in conference_events(story))
    assert conference_events(story) == ["participant-join", "participant-hold", "participant-unhold"]
    expert.hangup()
    caller.hears("Goodbye", timeout=20)
    for phone in (caller, agent):
        assert scenes_of(phone)[-2:] == ["room_left", "goodbye"]


def test_the_agent_can_wait_while_the_caller_talks_to_the_colleague(stack):
    caller, agent = connect_parties(stack)
    command = stack.admin.command(agent, "consult", to=EXPERT)
    expert = wait_for_join(stack, EXPERT)
    wait_for_confirmation(stack, agent, command)
    assert heard_by(expert, "Hello", caller=caller, agent=agent) == {"caller"}
    assert stack.admin.command(caller, "connect")["state"] == "confirmed"
    assert heard_by(expert, "Hello all", caller=caller, agent=agent) == {"caller", "agent"}


def test_leave_connects_the_participants_on_hold(stack):
    caller, agent, expert = start_consultation(stack)
    assert stack.admin.command(agent, "leave")["state"] == "confirmed"
    assert heard_by(expert, "I take over", caller=caller, agent=agent) == {"caller"}
    assert stack.admin.story(expert)["call"]["live"]


def test_only_the_colleague_hears_the_introduction(stack):
    caller, agent = conference_of_two(stack)
    command = stack.admin.command(caller, "consult", to=EXPERT, introduction="It is about an invoice.")
    expert = wait_for_join(stack, EXPERT)
    wait_for_confirmation(stack, caller, command)
    assert "It is about an invoice." in spoken_to(expert)
    assert "It is about an invoice." not in spoken_to(caller) + spoken_to(agent)
    assert heard_by(expert, "What is it?", caller=caller, agent=agent) == {"agent"}


def test_without_an_answer_the_two_parties_are_connected_again(stack):
    stack.twilio.people(EXPERT, "no-answer")
    caller, agent = connect_parties(stack)
    command = stack.admin.command(caller, "consult", to=EXPERT, timeout_seconds=5)
    assert outcome_of(stack, caller, command) == ("unconfirmed", "There was no answer.")
    stack.admin.wait_for(caller, lambda story: "room.connected" in kinds(story))
    stack.admin.wait_for(caller, lambda story: story["call"]["room"]["hold"] is False)
    assert heard_by(agent, "Nobody there", caller=caller) == {"caller"}


def test_if_the_agent_hangs_up_the_caller_talks_to_the_colleague(stack):
    caller, agent, expert = start_consultation(stack)
    agent.hangup()
    stack.admin.wait_for(caller, lambda story: "room.connected" in kinds(story))
    assert heard_by(expert, "How can I help?", caller=caller) == {"caller"}


def test_a_number_that_twilio_refuses_leaves_the_caller_off_hold(stack):
    caller, agent = conference_of_two(stack)
    status, message = refusal(stack, caller, "consult", to=EXPERT, **{"from": "+19995550000"})
    assert (status, "owns or has verified" in message) == (502, True), message
    assert heard_by(agent, "Still you", caller=caller) == {"caller"}
    assert stack.twilio.phones(to=EXPERT) == []


def test_connect_and_leave_are_refused_out_of_order(stack):
    caller, agent = conference_of_two(stack)
    assert refusal(stack, caller, "connect") == (409, "No participant is on hold.")
    status, message = refusal(stack, agent, "leave")
    assert (status, message.startswith("Wait until two other participants")) == (409, True)
    stack.twilio.people(EXPERT, "manual")
    stack.admin.command(caller, "consult", to=EXPERT)
    assert refusal(stack, agent, "leave")[0] == 409  # their phone still rings
    [expert] = stack.twilio.phones(to=EXPERT)
    expert.waits_for(status="ringing")
    expert.answer()
    wait_for_join(stack, EXPERT)
    assert stack.admin.command(agent, "leave")["state"] == "confirmed"


def test_a_hold_by_an_operator_lasts_when_the_other_party_hangs_up(stack):
    """The test has a keeper with a clock of its own; the keeper of the worker runs as well."""
    caller, agent = conference_of_two(stack)
    stack.admin.command(caller, "hold")
    stack.admin.wait_for(caller, lambda story: story["call"]["room"]["hold"])
    agent.hangup()
    stack.admin.wait_for(
        agent, lambda story: not story["call"]["live"] and "participant-leave" in conference_events(story)
    )
    services, clock = build_services(load(stack.environment, dotenv=None)), [0.0]
    keeper = ConferenceKeeper(services, lambda: clock[0])
    for seconds in (0.0, QUIET_SECONDS, REPEAT_SECONDS):
        clock[0] += seconds
        keeper.tend()
    services.close()
    story = stack.admin.story(caller)
    assert (story["call"]["room"]["hold"], "room.ended" in kinds(story)) == (True, False)
    stack.admin.command(caller, "resume")
    caller.hears("Goodbye", timeout=20)


def test_a_conference_is_not_ended_while_a_phone_rings_for_it(stack):
    stack.twilio.people(EXPERT, "manual")
    caller = stack.dial()
    stack.admin.command(caller, "bring_in", to=EXPERT)
    [expert] = stack.twilio.phones(to=EXPERT)
    services, clock = build_services(load(stack.environment, dotenv=None)), [0.0]
    keeper = ConferenceKeeper(services, lambda: clock[0])
    for seconds in (0.0, QUIET_SECONDS, REPEAT_SECONDS):
        clock[0] += seconds
        keeper.tend()
    services.close()
    assert "room.ended" not in kinds(stack.admin.story(caller))
    expert.waits_for(status="ringing")
    expert.reject("busy")
    caller.hears("press 1", times=2, timeout=20)
    story = stack.admin.wait_for(caller, lambda story: story["call"]["scene"] == "menu")
    assert [kind for kind in kinds(story) if kind.startswith("room.")] == ["room.ended"]
