"""`hold`, `resume`, `park` and `take`: the music, the place after it, and the parties that are connected."""

from __future__ import annotations

from tests.support.parties import connect_parties, refusal, requested_scenes, spoken_to, wait_for_confirmation

AGENT = "+14155550123"


def plays(phone):
    """The sounds that the caller has heard."""
    return [item["url"] for item in phone.heard if item["kind"] == "play"]


def test_resume_brings_the_caller_back_to_their_place_before_hold(stack):
    phone = stack.dial().press("3")
    phone.hears("after the tone")
    held = stack.admin.command(phone, "hold")
    assert wait_for_confirmation(stack, phone, held)["call"]["scene"] == "hold"
    stack.wait_until(lambda: bool(plays(phone)))
    assert refusal(stack, phone, "hold") == (409, "The call is already on hold.")
    resumed = stack.admin.command(phone, "resume")
    phone.hears("after the tone", times=2)
    assert wait_for_confirmation(stack, phone, resumed)["call"]["scene"] == "voicemail"
    assert refusal(stack, phone, "resume") == (409, "The call is not on hold.")


def test_say_on_hold_returns_to_the_music_and_resume_to_the_menu(stack):
    phone = stack.dial()
    wait_for_confirmation(stack, phone, stack.admin.command(phone, "hold"))
    said = stack.admin.command(phone, "say", text="Still there?")
    phone.hears("Still there?")
    wait_for_confirmation(stack, phone, said)
    phone.waits_for(requests="/voice/scenes/hold", times=2)
    stack.admin.wait_for(phone, lambda story: story["call"]["scene"] == "hold")
    stack.admin.command(phone, "resume")
    phone.hears("press 1", times=2)


def test_hold_moves_both_legs_into_a_conference_and_disconnects_neither(stack):
    phone, leg = connect_parties(stack)
    held = stack.admin.command(phone, "hold")
    wait_for_confirmation(stack, phone, held)
    stack.admin.wait_for(phone, lambda story: story["call"]["room"] and story["call"]["room"]["hold"])
    stack.wait_until(lambda: bool(plays(phone)))
    assert refusal(stack, phone, "hold") == (409, "The call is already on hold.")
    wait_for_confirmation(stack, phone, stack.admin.command(phone, "resume"))
    stack.admin.wait_for(phone, lambda story: story["call"]["room"] and not story["call"]["room"]["hold"])
    assert (phone.status, leg.status) == ("in-progress", "in-progress")
    assert [item["sid"] for item in phone.heard if item["kind"] == "bridge"][-1] == leg.sid


def test_take_connects_a_parked_caller_to_the_agent(stack):
    phone = stack.dial()
    parked = stack.admin.command(phone, "park", queue="sales")
    assert wait_for_confirmation(stack, phone, parked)["call"]["scene"] == "parked"
    stack.wait_until(lambda: bool(plays(phone)))
    assert refusal(stack, phone, "park") == (409, "The call is already parked.")
    taken = stack.admin.command(phone, "take", to=AGENT)
    phone.hears("putting you through")
    assert wait_for_confirmation(stack, phone, taken)["call"]["scene"] == "transfer"
    stack.wait_until(lambda: any(item["kind"] == "bridge" for item in phone.heard))
    assert [leg.call["to"] for leg in phone.legs] == [AGENT]
    assert refusal(stack, phone, "take", to=AGENT) == (409, "The call is not parked. Park it first.")


def test_without_an_answer_to_take_the_caller_is_parked_again(stack):
    stack.twilio.people(AGENT, "busy")
    phone = stack.dial()
    wait_for_confirmation(stack, phone, stack.admin.command(phone, "park"))
    stack.admin.command(phone, "take", to=AGENT)
    phone.hears("The line is busy.")
    stack.admin.wait_for(phone, lambda story: story["call"]["scene"] == "parked")
    stack.admin.command(phone, "resume")
    phone.hears("press 1", times=2)


def test_say_to_a_parked_caller_warns_about_the_position_in_the_queue(stack):
    phone = stack.dial()
    wait_for_confirmation(stack, phone, stack.admin.command(phone, "park"))
    said = stack.admin.command(phone, "say", text="Not long now.")
    assert said["message"] == "Afterwards the caller is at the end of the queue."
    phone.hears("Not long now.")
    stack.admin.wait_for(phone, lambda story: story["call"]["scene"] == "parked")
    assert requested_scenes(phone)[-1] in ("parked", "waiting")


def test_resume_is_refused_after_a_hang_up_on_hold(stack):
    phone = stack.dial()
    wait_for_confirmation(stack, phone, stack.admin.command(phone, "hold"))
    phone.hangup()
    stack.admin.wait_for(phone, lambda story: not story["call"]["live"])
    assert refusal(stack, phone, "resume") == (409, "The call has ended.")
    assert "Goodbye" not in " ".join(spoken_to(phone))


def test_take_next_connects_the_caller_who_waited_longest(stack):
    first, second = stack.dial(), stack.dial()
    for phone in (first, second):
        wait_for_confirmation(stack, phone, stack.admin.command(phone, "park", queue="sales"))
    answer = stack.admin.post("/commands/take_next", {"to": AGENT, "queue": "sales"})
    assert (answer.status_code, answer.json()["call_sid"]) == (200, first.sid), answer.text
    first.hears("putting you through")
    wait_for_confirmation(stack, first, answer.json())
    assert stack.admin.story(second)["call"]["scene"] == "parked"
    for queue in ("support", "sales", "sales"):
        answer = stack.admin.post("/commands/take_next", {"to": AGENT, "queue": queue})
        if queue == "support":
            assert (answer.status_code, answer.json()["error"]["message"]) == (
                409,
                "The queue 'support' is empty.",
            )
    assert answer.status_code == 409
