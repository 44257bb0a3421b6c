"""One call in the admin API: its legs, and the calls that a move of the call would disconnect."""

from __future__ import annotations

from tests.support.clients import new_call_sid


def leg_of(twilio, parent, status):
    leg = new_call_sid()
    twilio.status(leg, status, ParentCallSid=parent, Direction="outbound-dial", To="+14155550199")
    return leg


def legs_and_drops(admin, call_sid):
    call = admin.get(f"/calls/{call_sid}").json
    return [leg["call_sid"] for leg in call["legs"]], call["would_drop"]


def test_a_call_lists_its_parent_and_all_other_legs(twilio, admin):
    caller = twilio.calls()
    assert legs_and_drops(admin, caller) == ([], [])
    first, second = leg_of(twilio, caller, "busy"), leg_of(twilio, caller, "in-progress")
    twilio.scene(caller, "menu")
    assert legs_and_drops(admin, caller) == ([first, second], [second])
    assert legs_and_drops(admin, second) == ([caller, first], [caller])
    assert legs_and_drops(admin, first) == ([caller, second], [])
    assert legs_and_drops(admin, twilio.calls()) == ([], [])


def test_an_ended_leg_is_not_in_would_drop(twilio, admin):
    caller = twilio.calls()
    leg = leg_of(twilio, caller, "in-progress")
    twilio.status(leg, "completed", sequence=1, ParentCallSid=caller)
    assert legs_and_drops(admin, caller) == ([leg], [])
