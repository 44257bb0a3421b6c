"""`say`: what each party hears, and that the caller is where they were afterwards, whatever they were doing."""

from __future__ import annotations


def words(phone):
    return [item["text"] for item in phone.heard if item["kind"] == "say"]


def scenes_asked_for(phone):
    """The webhooks of the call, in order, each by the last part of its path."""
    return [request["url"].partition("?")[0].rpartition("/")[2] for request in phone.requests]


def bridged(stack):
    """A caller who talks to somebody: both phones."""
    phone = stack.dial().press("1")
    phone.waits_for(hears="putting you through", timeout=20)
    stack.wait_until(lambda: bool(phone.legs))
    leg = phone.legs[0]
    stack.wait_until(lambda: any(item["kind"] == "bridge" for item in phone.heard))
    stack.admin.wait_for(leg, lambda story: story["call"]["status"] == "in-progress")
    return phone, leg


def confirmed(stack, phone, command):
    story = stack.admin.wait_for(
        phone, lambda story: any(c["id"] == command["id"] and c["finished_at"] for c in story["commands"])
    )
    [found] = [c for c in story["commands"] if c["id"] == command["id"]]
    assert found["state"] == "confirmed", found
    return story


def test_the_caller_hears_it_and_the_menu_again(stack):
    phone = stack.dial()
    command = stack.admin.command(phone, "say", text="Your taxi is here.")
    phone.hears("Your taxi is here.").hears("press 1", times=2)
    story = confirmed(stack, phone, command)
    assert story["call"]["scene"] == "menu"
    assert scenes_asked_for(phone)[-2:] == ["interlude", "menu"]
    phone.press("2").hears("We are here")


def test_an_interruption_of_an_interruption_ends_in_the_first_place(stack):
    phone = stack.dial()
    stack.admin.command(phone, "say", text="First. " * 40)
    phone.hears("First.")
    stack.admin.command(phone, "say", text="Second. " * 40)
    phone.hears("Second.")
    stack.admin.command(phone, "say", text="Third.")
    phone.hears("Third.").hears("press 1", times=2)
    assert stack.admin.story(phone)["call"]["scene"] == "menu"


def test_what_was_keyed_counts_again_after_it(stack):
    phone = stack.dial().press("9")
    phone.hears("not one of the choices")
    stack.admin.command(phone, "say", text="In between.")
    phone.hears("In between.").hears("not one of the choices", times=2)
    phone.hears("press 1")


def test_two_who_talk_go_on_talking_and_one_of_them_hears_it(stack):
    phone, leg = bridged(stack)
    command = stack.admin.command(phone, "say", text="Only you hear this.")
    phone.hears("Only you hear this.")
    confirmed(stack, phone, command)
    assert not any("Only you" in text for text in words(leg))
    assert not any("Goodbye" in text for text in words(phone))
    assert (phone.status, leg.status) == ("in-progress", "in-progress")
    bridges = [item for item in phone.heard if item["kind"] == "bridge"]
    assert bridges[-1]["sid"] == leg.sid
    assert stack.admin.story(phone)["call"]["room"]["name"] == f"room-{phone.sid}"


def test_a_caller_who_has_hung_up_hears_nothing(stack):
    phone = stack.dial().hangup()
    stack.admin.wait_for(phone, lambda story: not story["call"]["live"])
    answer = stack.admin.post(f"/calls/{phone.sid}/say", {"text": "Hello?"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "call_not_in_progress")
