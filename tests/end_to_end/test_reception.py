"""The reception end to end: what a caller hears, and what the registry records."""

from __future__ import annotations

import pytest

TRANSFER_TO = "+14155550199"


def kinds_of(story):
    """The kinds of the events, in order."""
    return [event["details"].get("scene") or event["kind"] for event in story["events"]]


@pytest.mark.fast_twilio  # on a clock that stands still, a late callback never comes
def test_a_caller_hears_the_opening_hours_and_hangs_up(stack):
    stack.twilio.clock(mode="manual")
    phone = stack.twilio.dial("+14155550100").hears("press 1", within=30).press("2")
    phone.hears("We are open 24 hours", within=30).hears("press 1", within=30)
    phone.hangup().waits_for(status="completed")
    story = stack.admin.wait_for(phone, lambda story: story["call"]["status"] == "completed")
    assert kinds_of(story) == ["greeting", "menu", "choice", "opening_hours", "menu", "webhook.status"]
    assert story["call"]["duration_seconds"] is not None


def test_a_wrong_key_and_silence_repeat_the_menu(stack):
    stack.twilio.clock(mode="manual")
    phone = stack.twilio.dial("+14155550100").hears("press 1", within=30)
    phone.press("9").hears("not one of the choices", within=30).hears("press 1", times=2, within=60)
    phone.hears("press 1", times=2, within=60).hears("Goodbye", within=60).waits_for(
        status="completed", within=10
    )


def test_a_caller_chooses_by_speech(stack):
    phone = stack.dial()
    phone.speak("when are you open please").hears("We are open 24 hours")


def test_a_transfer_connects_an_agent_who_answers(stack):
    stack.twilio.people(TRANSFER_TO, "answer", 1)
    phone = stack.dial().press("1").hears("putting you through").waits_for(requests="transfer")
    leg = agent_leg(stack, phone)
    leg.waits_for(status="in-progress")
    leg.hangup()
    phone.hears("Goodbye").waits_for(status="completed")
    story = stack.admin.wait_for(leg, lambda story: story["call"]["status"] == "completed")
    assert (story["call"]["parent_call_sid"], story["call"]["direction"]) == (phone.sid, "outbound-dial")


def test_a_transfer_to_a_busy_line_ends_in_the_voicemail(stack):
    stack.twilio.people(TRANSFER_TO, "busy", 1)
    stack.twilio.clock(mode="manual")
    phone = stack.twilio.dial("+14155550100").hears("press 1", within=30).press("1")
    phone.hears("The line is busy", within=30).hears("leave a message", within=30)
    stack.twilio.advance(7)  # the prompt and the tone
    phone.speak("please call me back", 3)
    stack.twilio.advance(4)
    phone.press("#").hears("has been saved")
    stack.twilio.advance(2)  # callbacks may be late
    story = stack.admin.wait_for(phone, lambda story: "webhook.recording" in kinds_of(story))
    assert {"transfer", "transfer_outcome", "voicemail"} <= set(kinds_of(story))


def test_a_caller_in_a_transfer_can_be_redirected(stack):
    """Twilio also requests the action of the Dial, and ignores the answer."""
    stack.twilio.people(TRANSFER_TO, "answer", 0)
    phone = stack.dial().press("1")
    leg = agent_leg(stack, phone)
    leg.waits_for(status="in-progress")
    back = {"scene": "announcement", "params": {"text": "Back with us"}, "even_if_dropping": True}
    stack.admin.command(phone, "redirect", **back)
    phone.hears("Back with us").hears("press 1", times=2)
    leg.waits_for(status="completed")
    story = stack.admin.wait_for(phone, lambda story: story["commands"][0]["state"] == "confirmed")
    assert story["call"]["scene"] == "menu"
    assert "transfer_outcome" in kinds_of(story)


def agent_leg(stack, phone):
    """The leg that the transfer has dialed."""
    stack.wait_until(lambda: bool(phone.legs))
    return phone.legs[0]
