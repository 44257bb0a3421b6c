"""`transfer`, and `end` with a closing message: what the caller and the dialed party hear, and what follows."""

from __future__ import annotations

from tests.support.parties import connect_parties, requested_scenes, spoken_to, wait_for_confirmation

AGENT = "+14155550123"


def test_the_dialed_party_hears_the_introduction_before_the_caller(stack):
    phone = stack.dial()
    command = stack.admin.command(phone, "transfer", to=AGENT, introduction="Mrs Miller, about her order.")
    phone.hears("putting you through")
    stack.wait_until(lambda: any(item["kind"] == "bridge" for item in phone.heard))
    [leg] = phone.legs
    assert (leg.call["to"], spoken_to(leg)) == (AGENT, ["Mrs Miller, about her order."])
    assert "Mrs Miller" not in " ".join(spoken_to(phone))
    assert wait_for_confirmation(stack, phone, command)["call"]["scene"] == "transfer"


def test_transfer_dials_clients_and_sip_addresses(stack):
    for to in ("client:ann", "sip:ann@office.example.com"):
        phone = stack.dial()
        stack.admin.command(phone, "transfer", to=to)
        stack.wait_until(lambda phone=phone: bool(phone.legs))
        assert phone.legs[0].call["to"] == to
        phone.hangup()


def test_a_busy_party_sends_the_caller_back_to_their_place(stack):
    stack.twilio.people(AGENT, "busy")
    phone = stack.dial()
    stack.admin.command(phone, "transfer", to=AGENT)
    phone.hears("The line is busy.").hears("press 1", times=2)
    assert requested_scenes(phone)[-3:] == ["transfer", "transfer_outcome", "menu"]


def test_without_an_answer_the_caller_goes_to_the_chosen_scene(stack):
    stack.twilio.people(AGENT, "no-answer")
    phone = stack.dial()
    stack.admin.command(phone, "transfer", to=AGENT, timeout_seconds=5, if_nobody="voicemail")
    phone.hears("No one can take your call").hears("after the tone")


def test_a_scene_with_required_parameters_and_an_invalid_number_are_refused(stack):
    phone = stack.dial()
    for wrong in (
        {"to": AGENT, "if_nobody": "announcement"},
        {"to": AGENT, "if_nobody": "nowhere"},
        {"to": "Ann"},
    ):
        assert stack.admin.post(f"/calls/{phone.sid}/transfer", wrong).status_code == 422, wrong


def test_a_transfer_names_the_party_it_would_disconnect(stack):
    phone, leg = connect_parties(stack)
    answer = stack.admin.post(f"/calls/{phone.sid}/transfer", {"to": AGENT})
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "would_drop_others")
    assert answer.json()["error"]["fields"] == [{"field": "even_if_dropping", "message": leg.sid}]
    assert answer.json()["command"]["state"] == "refused"
    stack.admin.command(phone, "transfer", to=AGENT, even_if_dropping=True)
    leg.waits_for(status="completed")
    stack.wait_until(lambda: len(phone.legs) == 2)


def test_end_plays_the_closing_message_first(stack):
    phone = stack.dial()
    command = stack.admin.command(phone, "end", text="We are closing now. Good night.")
    phone.hears("We are closing now.")
    phone.waits_for(status="completed", timeout=20)
    wait_for_confirmation(stack, phone, command)
    assert spoken_to(phone)[-1] == "We are closing now. Good night."
    assert stack.admin.command(phone, "end", text="Once more.")["message"] == "The call had already ended."


def test_a_hang_up_before_the_transfer_leaves_it_unconfirmed(stack):
    phone = stack.dial()
    stack.twilio.switches(redirect_delay_seconds=2)
    stack.admin.command(phone, "transfer", to=AGENT)
    phone.hangup()
    story = stack.admin.wait_for(phone, lambda story: story["commands"][0]["finished_at"] is not None)
    assert story["commands"][0]["state"] == "unconfirmed"
    assert phone.legs == []
