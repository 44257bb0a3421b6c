"""`hold`, `resume`, `park`, `take`: music, the way back, and who is connected to whom afterwards."""

from __future__ import annotations

from tests.support.parties import bridged, confirmed, scenes_asked_for, words

AGENT = "+14155550123"


def refusal(stack, phone, name, **arguments):
    answer = stack.admin.post(f"/calls/{phone.sid}/{name}", arguments)
    return answer.status_code, answer.json()["error"]["message"]


def plays(phone):
    return [item["url"] for item in phone.heard if item["kind"] == "play"]


def test_music_until_the_caller_is_taken_back_to_where_they_were(stack):
    phone = stack.dial().press("3")
    phone.hears("after the tone")
    held = stack.admin.command(phone, "hold")
    assert confirmed(stack, phone, held)["call"]["scene"] == "hold"
    stack.wait_until(lambda: bool(plays(phone)))
    assert refusal(stack, phone, "hold") == (409, "The call is already on hold.")
    resumed = stack.admin.command(phone, "resume")
    phone.hears("after the tone", times=2)
    assert confirmed(stack, phone, resumed)["call"]["scene"] == "voicemail"
    assert refusal(stack, phone, "resume") == (409, "The call is not on hold.")


def test_what_is_said_on_hold_leads_back_to_the_music_and_resume_to_the_menu(stack):
    phone = stack.dial()
    confirmed(stack, phone, stack.admin.command(phone, "hold"))
    said = stack.admin.command(phone, "say", text="Still there?")
    phone.hears("Still there?")
    confirmed(stack, phone, said)
    phone.waits_for(requests="/voice/scenes/hold", times=2)
    stack.admin.wait_for(phone, lambda story: story["call"]["scene"] == "hold")
    stack.admin.command(phone, "resume")
    phone.hears("press 1", times=2)


def test_one_of_two_who_talk_is_held_and_neither_is_dropped(stack):
    phone, leg = bridged(stack)
    held = stack.admin.command(phone, "hold")
    confirmed(stack, phone, held)
    stack.admin.wait_for(phone, lambda story: story["call"]["room"] and story["call"]["room"]["hold"])
    stack.wait_until(lambda: bool(plays(phone)))
    assert refusal(stack, phone, "hold") == (409, "The call is already on hold.")
    confirmed(stack, phone, stack.admin.command(phone, "resume"))
    stack.admin.wait_for(phone, lambda story: story["call"]["room"] and not story["call"]["room"]["hold"])
    assert (phone.status, leg.status) == ("in-progress", "in-progress")
    assert [item["sid"] for item in phone.heard if item["kind"] == "bridge"][-1] == leg.sid


def test_a_parked_caller_is_put_through_to_who_takes_them(stack):
    phone = stack.dial()
    parked = stack.admin.command(phone, "park", queue="sales")
    assert confirmed(stack, phone, parked)["call"]["scene"] == "parked"
    stack.wait_until(lambda: bool(plays(phone)))
    assert refusal(stack, phone, "park") == (409, "The call is already parked.")
    taken = stack.admin.command(phone, "take", to=AGENT)
    phone.hears("putting you through")
    assert confirmed(stack, phone, taken)["call"]["scene"] == "transfer"
    stack.wait_until(lambda: any(item["kind"] == "bridge" for item in phone.heard))
    assert [leg.call["to"] for leg in phone.legs] == [AGENT]
    assert refusal(stack, phone, "take", to=AGENT) == (409, "The call is not parked. Park it first.")


def test_a_caller_whom_nobody_takes_after_all_is_parked_again(stack):
    stack.twilio.people(AGENT, "busy")
    phone = stack.dial()
    confirmed(stack, phone, stack.admin.command(phone, "park"))
    stack.admin.command(phone, "take", to=AGENT)
    phone.hears("The line is busy.")
    stack.admin.wait_for(phone, lambda story: story["call"]["scene"] == "parked")
    stack.admin.command(phone, "resume")
    phone.hears("press 1", times=2)


def test_what_is_said_to_a_parked_caller_tells_the_operator_of_the_queue(stack):
    phone = stack.dial()
    confirmed(stack, phone, stack.admin.command(phone, "park"))
    said = stack.admin.command(phone, "say", text="Not long now.")
    assert said["message"] == "Afterwards the caller is at the end of the queue."
    phone.hears("Not long now.")
    stack.admin.wait_for(phone, lambda story: story["call"]["scene"] == "parked")
    assert scenes_asked_for(phone)[-1] in ("parked", "waiting")


def test_a_caller_who_hangs_up_on_hold_is_refused_afterwards(stack):
    phone = stack.dial()
    confirmed(stack, phone, stack.admin.command(phone, "hold"))
    phone.hangup()
    stack.admin.wait_for(phone, lambda story: not story["call"]["live"])
    assert refusal(stack, phone, "resume") == (409, "The call has ended.")
    assert "Goodbye" not in " ".join(words(phone))


def test_the_one_who_waited_longest_is_taken_next(stack):
    first, second = stack.dial(), stack.dial()
    for phone in (first, second):
        confirmed(stack, phone, stack.admin.command(phone, "park", queue="sales"))
    answer = stack.admin.post("/commands/take_next", {"to": AGENT, "queue": "sales"})
    assert (answer.status_code, answer.json()["call_sid"]) == (200, first.sid), answer.text
    first.hears("putting you through")
    confirmed(stack, first, answer.json())
    assert stack.admin.story(second)["call"]["scene"] == "parked"
    for queue in ("support", "sales", "sales"):
        answer = stack.admin.post("/commands/take_next", {"to": AGENT, "queue": queue})
        if queue == "support":
            assert (answer.status_code, answer.json()["error"]["message"]) == (
                409,
                "The queue 'support' is empty.",
            )
    assert answer.status_code == 409
