"""Commands that disconnect the other party: refused with the party, or accepted; and what both hear then."""

from __future__ import annotations

import pytest

from tests.support.parties import connect_parties, requested_scenes, spoken_to, wait_for_confirmation

ANNOUNCED = {"scene": "announcement", "params": {"text": "Only for you."}}
DOCUMENT = {"twiml": "<Response><Say>Only for you.</Say><Pause length='60'/></Response>"}
COMMANDS = pytest.mark.parametrize(("name", "arguments"), [("redirect", ANNOUNCED), ("twiml", DOCUMENT)])


def assert_refused(stack, phone, other, name, arguments):
    """Assert that the refusal names the other party, and that neither party hears anything."""
    before = spoken_to(phone), spoken_to(other)
    assert stack.admin.story(phone)["would_drop"] == [other.sid]
    answer = stack.admin.post(f"/calls/{phone.sid}/{name}", arguments)
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (409, "would_drop_others")
    assert error["fields"] == [{"field": "even_if_dropping", "message": other.sid}]
    assert answer.json()["command"]["state"] == "refused"
    number = other.call["to"] if other.call["parent_call_sid"] else other.call["from"]
    assert error["message"].startswith(f"{number} would be disconnected.")
    assert (phone.status, other.status) == ("in-progress", "in-progress")
    assert (spoken_to(phone), spoken_to(other)) == before


def wait_unless_unproved(stack, phone, name, command):
    """Wait for the confirmation; nothing proves that a document runs which does not lead to Midcall."""
    if name == "twiml":
        assert command["state"] == "accepted"
    else:
        wait_for_confirmation(stack, phone, command)


@COMMANDS
def test_moving_the_caller_disconnects_the_agent(stack, name, arguments):
    phone, leg = connect_parties(stack)
    assert_refused(stack, phone, leg, name, arguments)
    command = stack.admin.command(phone, name, **arguments, even_if_dropping=True)
    phone.hears("Only for you.")
    leg.waits_for(status="completed")
    assert "Only for you." not in spoken_to(leg)
    wait_unless_unproved(stack, phone, name, command)
    story = stack.admin.wait_for(phone, lambda story: story["would_drop"] == [])
    assert [(one["call_sid"], one["status"]) for one in story["legs"]] == [(leg.sid, "completed")]


@COMMANDS
def test_moving_the_agent_ends_the_dial_of_the_caller(stack, name, arguments):
    phone, leg = connect_parties(stack)
    assert_refused(stack, leg, phone, name, arguments)
    command = stack.admin.command(leg, name, **arguments, even_if_dropping=True)
    leg.hears("Only for you.")
    phone.waits_for(status="completed")  # their Dial is over, and they hear goodbye
    assert "Only for you." not in spoken_to(phone)
    assert spoken_to(phone)[-1].startswith("Thank you for calling")
    scenes = [scene for scene in requested_scenes(phone) if scene != "status"]
    assert scenes[-2:] == ["transfer_outcome", "goodbye"]
    wait_unless_unproved(stack, leg, name, command)


def test_end_needs_no_further_confirmation(stack):
    phone, leg = connect_parties(stack)
    assert stack.admin.story(phone)["would_drop"] == [leg.sid]
    stack.admin.command(phone, "end")
    for one in (phone, leg):
        one.waits_for(status="completed")


def test_no_party_is_disconnected_after_the_caller_has_hung_up(stack):
    phone, leg = connect_parties(stack)
    phone.hangup()
    leg.waits_for(status="completed")
    stack.admin.wait_for(phone, lambda story: not story["call"]["live"])
    answer = stack.admin.post(f"/calls/{phone.sid}/redirect", ANNOUNCED)
    assert answer.json()["error"]["code"] == "call_not_in_progress"
