"""`say`, `play` and `send_digits`: what each party hears, and that the caller then continues where they were."""

from __future__ import annotations

from tests.support.parties import connect_parties, requested_scenes, spoken_to, wait_for_confirmation


def test_say_plays_the_message_then_the_menu_again(stack):
    phone = stack.dial()
    command = stack.admin.command(phone, "say", text="Your taxi is here.")
    phone.hears("Your taxi is here.").hears("press 1", times=2)
    story = wait_for_confirmation(stack, phone, command)
    assert story["call"]["scene"] == "menu"
    assert requested_scenes(phone)[-2:] == ["interlude", "menu"]
    phone.press("2").hears("We are open")


def test_an_interrupted_interruption_returns_to_the_first_place(stack):
    phone = stack.dial()
    stack.admin.command(phone, "say", text="First. " * 40)
    phone.hears("First.")
    stack.admin.command(phone, "say", text="Second. " * 40)
    phone.hears("Second.")
    stack.admin.command(phone, "say", text="Third.")
    phone.hears("Third.").hears("press 1", times=2)
    assert stack.admin.story(phone)["call"]["scene"] == "menu"


def test_the_key_of_the_caller_counts_again_after_say(stack):
    phone = stack.dial().press("9")
    phone.hears("not one of the choices")
    stack.admin.command(phone, "say", text="In between.")
    phone.hears("In between.").hears("not one of the choices", times=2)
    phone.hears("press 1")


def test_say_to_one_of_two_parties_keeps_them_connected(stack):
    phone, leg = connect_parties(stack)
    command = stack.admin.command(phone, "say", text="Only you hear this.")
    phone.hears("Only you hear this.")
    wait_for_confirmation(stack, phone, command)
    assert not any("Only you" in text for text in spoken_to(leg))
    assert not any("Goodbye" in text for text in spoken_to(phone))
    assert (phone.status, leg.status) == ("in-progress", "in-progress")
    bridges = [item for item in phone.heard if item["kind"] == "bridge"]
    assert bridges[-1]["sid"] == leg.sid
    assert stack.admin.story(phone)["call"]["room"]["name"] == f"room-{phone.sid}"


def test_say_is_refused_after_the_caller_has_hung_up(stack):
    phone = stack.dial().hangup()
    stack.admin.wait_for(phone, lambda story: not story["call"]["live"])
    answer = stack.admin.post(f"/calls/{phone.sid}/say", {"text": "Hello?"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "call_not_in_progress")


def test_play_plays_the_sound_then_the_menu_again(stack):
    phone = stack.dial()
    command = stack.admin.command(phone, "play", url="https://sounds.example.com/gong.mp3")
    phone.hears("press 1", times=2)
    wait_for_confirmation(stack, phone, command)
    assert [item["url"] for item in phone.heard if item["kind"] == "play"] == [
        "https://sounds.example.com/gong.mp3"
    ]
    assert requested_scenes(phone)[-2:] == ["interlude", "menu"]


def test_play_refuses_a_url_that_twilio_cannot_request(stack):
    phone = stack.dial()
    answer = stack.admin.post(f"/calls/{phone.sid}/play", {"url": "ftp://sounds.example.com/gong.mp3"})
    assert (answer.status_code, answer.json()["error"]["fields"][0]["field"]) == (422, "url")


def test_send_digits_plays_tones_then_the_menu_again(stack):
    phone = stack.dial()
    command = stack.admin.command(phone, "send_digits", digits="12#")
    phone.hears("press 1", times=2)
    wait_for_confirmation(stack, phone, command)
    assert [item["digits"] for item in phone.heard if item["kind"] == "dtmf"] == ["12#"]


def test_a_command_that_cuts_a_connected_stream_needs_even_if_dropping(stack):
    phone = stack.dial()
    stream = (
        "<Response><Connect><Stream url='wss://127.0.0.1:9/none'/></Connect><Pause length='60'/></Response>"
    )
    stack.admin.command(phone, "twiml", twiml=stream)
    answer = stack.admin.post(f"/calls/{phone.sid}/send_digits", {"digits": "1"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "would_drop_others")
    stack.admin.command(phone, "send_digits", digits="1", even_if_dropping=True)
    phone.hears("press 1", times=2)


def test_a_hang_up_before_the_message_leaves_say_unconfirmed(stack):
    phone = stack.dial()
    stack.twilio.switches(redirect_delay_seconds=2)
    command = stack.admin.command(phone, "say", text="Too late.")
    phone.hangup()
    story = stack.admin.wait_for(phone, lambda story: story["commands"][0]["finished_at"] is not None)
    assert story["commands"][0]["state"] == "unconfirmed"
    assert command["id"] == story["commands"][0]["id"]
    assert "Too late." not in spoken_to(phone)


def test_a_long_text_is_heard_whole_and_its_url_stays_short(stack):
    phone = stack.dial()
    text = "ж" * 1000
    stack.admin.command(phone, "say", text=text)
    phone.hears(text)
    [url] = [request["url"] for request in phone.requests if "/interlude" in request["url"]]
    assert len(url) < 400
