"""A command that would hang up on somebody: refused with who that is, or meant; and what both then hear."""

from __future__ import annotations

import pytest

from tests.support.parties import bridged, confirmed, scenes_asked_for, words

ANNOUNCED = {"scene": "announcement", "params": {"text": "Only for you."}}
DOCUMENT = {"twiml": "<Response><Say>Only for you.</Say><Pause length='60'/></Response>"}
COMMANDS = pytest.mark.parametrize(("name", "arguments"), [("redirect", ANNOUNCED), ("twiml", DOCUMENT)])


def refused(stack, phone, other, name, arguments):
    """The refusal names the other side, and nobody hears anything of it."""
    before = words(phone), words(other)
    assert stack.admin.story(phone)["would_drop"] == [other.sid]
    answer = stack.admin.post(f"/calls/{phone.sid}/{name}", arguments)
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (409, "would_drop_others")
    assert error["fields"] == [{"field": "even_if_dropping", "message": other.sid}]
    assert answer.json()["command"]["state"] == "refused"
    assert other.call["to"] in error["message"]
    assert (phone.status, other.status) == ("in-progress", "in-progress")
    assert (words(phone), words(other)) == before


@COMMANDS
def test_moving_the_caller_hangs_up_on_whom_they_talk_to(stack, name, arguments):
    phone, leg = bridged(stack)
    refused(stack, phone, leg, name, arguments)
    command = stack.admin.command(phone, name, **arguments, even_if_dropping=True)
    phone.hears("Only for you.")
    leg.waits_for(status="completed")
    assert "Only for you." not in words(leg)
    confirmed(stack, phone, command)
    story = stack.admin.wait_for(phone, lambda story: story["would_drop"] == [])
    assert [(one["call_sid"], one["status"]) for one in story["legs"]] == [(leg.sid, "completed")]


@COMMANDS
def test_moving_whom_they_talk_to_ends_the_caller_s_dial(stack, name, arguments):
    phone, leg = bridged(stack)
    refused(stack, leg, phone, name, arguments)
    command = stack.admin.command(leg, name, **arguments, even_if_dropping=True)
    leg.hears("Only for you.")
    phone.waits_for(status="completed")  # their Dial is over, and they are told goodbye
    assert "Only for you." not in words(phone)
    assert words(phone)[-1].startswith("Thank you for calling")
    asked_for = [asked for asked in scenes_asked_for(phone) if asked != "status"]
    assert asked_for[-2:] == ["transfer_outcome", "goodbye"]
    confirmed(stack, leg, command)


def test_an_end_needs_no_second_word(stack):
    phone, leg = bridged(stack)
    assert stack.admin.story(phone)["would_drop"] == [leg.sid]
    stack.admin.command(phone, "end")
    for one in (phone, leg):
        one.waits_for(status="completed")


def test_the_caller_who_hangs_up_first_leaves_nobody_to_be_dropped(stack):
    phone, leg = bridged(stack)
    phone.hangup()
    leg.waits_for(status="completed")
    stack.admin.wait_for(phone, lambda story: not story["call"]["live"])
    answer = stack.admin.post(f"/calls/{phone.sid}/redirect", ANNOUNCED)
    assert answer.json()["error"]["code"] == "call_not_in_progress"
