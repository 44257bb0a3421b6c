"""`transfer` and a kinder `end`: what the caller hears, what the dialled party hears, and what follows."""

from __future__ import annotations

from tests.support.parties import bridged, confirmed, scenes_asked_for, words

AGENT = "+14155550123"


def test_the_dialled_party_hears_the_introduction_and_then_the_caller(stack):
    phone = stack.dial()
    command = stack.admin.command(phone, "transfer", to=AGENT, introduction="Mrs Miller, about her order.")
    phone.hears("putting you through")
    stack.wait_until(lambda: any(item["kind"] == "bridge" for item in phone.heard))
    [leg] = phone.legs
    assert (leg.call["to"], words(leg)) == (AGENT, ["Mrs Miller, about her order."])
    assert "Mrs Miller" not in " ".join(words(phone))
    assert confirmed(stack, phone, command)["call"]["scene"] == "transfer"


def test_a_client_and_a_sip_address_are_dialled_as_such(stack):
    for to in ("client:ann", "sip:ann@office.example.com"):
        phone = stack.dial()
        stack.admin.command(phone, "transfer", to=to)
        stack.wait_until(lambda phone=phone: bool(phone.legs))
        assert phone.legs[0].call["to"] == to
        phone.hangup()


def test_who_is_busy_sends_the_caller_back_to_where_they_were(stack):
    stack.twilio.people(AGENT, "busy")
    phone = stack.dial()
    stack.admin.command(phone, "transfer", to=AGENT)
    phone.hears("The line is busy.").hears("press 1", times=2)
    assert scenes_asked_for(phone)[-3:] == ["transfer", "transfer_outcome", "menu"]


def test_who_does_not_answer_sends_the_caller_where_the_operator_said(stack):
    stack.twilio.people(AGENT, "no-answer")
    phone = stack.dial()
    stack.admin.command(phone, "transfer", to=AGENT, timeout_seconds=5, if_nobody="voicemail")
    phone.hears("No one can take your call").hears("after the tone")


def test_a_scene_that_needs_more_and_a_number_that_is_none_are_refused(stack):
    phone = stack.dial()
    for wrong in (
        {"to": AGENT, "if_nobody": "announcement"},
        {"to": AGENT, "if_nobody": "nowhere"},
        {"to": "Ann"},
    ):
        assert stack.admin.post(f"/calls/{phone.sid}/transfer", wrong).status_code == 422, wrong


def test_a_transfer_that_would_hang_up_on_somebody_says_on_whom(stack):
    phone, leg = bridged(stack)
    answer = stack.admin.post(f"/calls/{phone.sid}/transfer", {"to": AGENT})
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "would_drop_others")
    assert answer.json()["error"]["fields"] == [{"field": "even_if_dropping", "message": leg.sid}]
    assert answer.json()["command"]["state"] == "refused"
    stack.admin.command(phone, "transfer", to=AGENT, even_if_dropping=True)
    leg.waits_for(status="completed")
    stack.wait_until(lambda: len(phone.legs) == 2)


def test_the_end_comes_after_the_last_sentence(stack):
    phone = stack.dial()
    command = stack.admin.command(phone, "end", text="We are closing now. Good night.")
    phone.hears("We are closing now.")
    phone.waits_for(status="completed", timeout=20)
    confirmed(stack, phone, command)
    assert words(phone)[-1] == "We are closing now. Good night."
    assert stack.admin.command(phone, "end", text="Once more.")["message"] == "The call had already ended."


def test_a_caller_who_hangs_up_first_makes_the_transfer_unconfirmed(stack):
    phone = stack.dial()
    stack.twilio.switches(redirect_delay_seconds=2)
    stack.admin.command(phone, "transfer", to=AGENT)
    phone.hangup()
    story = stack.admin.wait_for(phone, lambda story: story["commands"][0]["finished_at"] is not None)
    assert story["commands"][0]["state"] == "unconfirmed"
    assert phone.legs == []
