"""One call's story in the admin API: its legs, and the calls that a command would disconnect."""

from __future__ import annotations

from tests.support.clients import new_call_sid


def leg_of(twilio, parent, status):
    leg = new_call_sid()
    twilio.status(leg, status, ParentCallSid=parent, Direction="outbound-dial", To="+14155550199")
    return leg


def seen(admin, call_sid):
    story = admin.get(f"/calls/{call_sid}").json
    return [leg["call_sid"] for leg in story["legs"]], story["would_drop"]


def test_parents_and_children_are_shown_together(twilio, admin):
    caller = twilio.calls()
    assert seen(admin, caller) == ([], [])
    first, second = leg_of(twilio, caller, "busy"), leg_of(twilio, caller, "in-progress")
    twilio.scene(caller, "menu")
    assert seen(admin, caller) == ([first, second], [second])
    assert seen(admin, second) == ([caller, first], [caller])
    assert seen(admin, first) == ([caller, second], [])
    assert seen(admin, twilio.calls()) == ([], [])


def test_a_leg_that_has_ended_would_not_be_dropped(twilio, admin):
    caller = twilio.calls()
    leg = leg_of(twilio, caller, "in-progress")
    twilio.status(leg, "completed", sequence=1, ParentCallSid=caller)
    assert seen(admin, caller) == ([leg], [])
