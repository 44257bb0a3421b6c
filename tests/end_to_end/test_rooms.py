"""The commands for participants of a room: who hears whom afterwards, what the callbacks told, what is refused."""

from __future__ import annotations

from tests.support.clients import NUMBER
from tests.support.command_examples import example_arguments
from tests.support.conference_parties import (
    EXPERT,
    documents_of,
    done,
    in_room,
    joined,
    refusal,
    told,
    who_hears,
)
from tests.support.parties import bridged, confirmed, scenes_asked_for, words
from voice.commands import all_commands
from voice.control.base import call_commands

ALL = {
    name: example_arguments(kind)
    for name, kind in call_commands(all_commands()).items()
    if kind.group == "room" and name != "conference"
}


def test_who_is_muted_hears_and_is_not_heard(stack):
    caller, agent = in_room(stack)
    assert stack.admin.command(agent, "mute")["state"] == "confirmed"
    assert who_hears(agent, "Can you hear me?", caller=caller) == set()
    assert who_hears(caller, "Are you there?", agent=agent) == {"agent"}
    assert stack.admin.command(agent, "unmute")["state"] == "confirmed"
    assert who_hears(agent, "Now?", caller=caller) == {"caller"}
    story = stack.admin.wait_for(agent, lambda story: "participant-unmute" in told(story))
    assert told(story) == ["participant-join", "participant-mute", "participant-unmute"]
    assert story["call"]["room"]["muted"] is False


def test_an_answer_that_shows_something_else_is_no_confirmation(stack):
    caller, agent = in_room(stack)
    nothing_done = {
        "on": "rest",
        "match": {"method": "POST", "path": "/Participants/"},
        "do": "status",
        "value": 200,
    }
    stack.twilio.faults([{**nothing_done, "times": 2}])
    for name, field in (("mute", "muted is none"), ("ends_room", "end_conference_on_exit is false")):
        command = stack.admin.command(agent, name)
        assert (command["state"], field in command["message"]) == ("unconfirmed", True), command
        assert command["finished_at"]
    assert who_hears(agent, "Still heard", caller=caller) == {"caller"}


def test_who_is_taken_out_goes_on_with_what_follows_and_so_does_who_is_left_alone(stack):
    caller, agent = in_room(stack)
    assert stack.admin.command(agent, "kick")["state"] == "confirmed"
    agent.hears("Goodbye")
    caller.hears("Goodbye", timeout=20)
    assert documents_of(caller)[-3:] == ["room", "room_left", "goodbye"]
    for phone in (caller, agent):
        phone.waits_for(status="completed", timeout=20)
    story = stack.admin.wait_for(caller, lambda story: not story["call"]["live"])
    kinds = [event["kind"] for event in story["events"]]
    assert "room.ended" in kinds
    assert stack.sdk.conferences.list(friendly_name=f"room-{caller.sid}")[0].status == "completed"


def test_an_announcement_is_heard_by_all_but_who_is_on_hold_or_by_one(stack):
    caller, agent = in_room(stack)
    command = stack.admin.command(caller, "announce", text="This call is recorded.")
    for phone in (caller, agent):
        phone.hears("This call is recorded.")
    confirmed(stack, caller, command)
    command = stack.admin.command(caller, "announce", text="Your agent is new.", to="this")
    caller.hears("Your agent is new.")
    confirmed(stack, caller, command)
    assert "Your agent is new." not in words(agent)
    stack.admin.command(agent, "hold")
    confirmed(stack, caller, stack.admin.command(caller, "announce", url="https://sounds.example/ding.wav"))
    played = {
        name: [i["url"] for i in one.heard if i["kind"] == "play"]
        for name, one in {"c": caller, "a": agent}.items()
    }
    assert "https://sounds.example/ding.wav" in played["c"]
    assert "https://sounds.example/ding.wav" not in played["a"]


def test_who_would_be_left_alone_is_told_of_before(stack):
    caller, agent = in_room(stack)
    answer = stack.admin.post(f"/calls/{caller.sid}/redirect", {"scene": "menu"})
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (409, "would_drop_others")
    assert [field["message"] for field in error["fields"]] == [agent.sid]
    confirmed(stack, caller, stack.admin.command(caller, "redirect", scene="menu", even_if_dropping=True))
    agent.hears("Goodbye", timeout=20)
    assert documents_of(agent)[-3:] == ["room", "room_left", "goodbye"]


def test_two_who_talk_are_moved_into_a_room_for_an_announcement_to_both(stack):
    caller, agent = bridged(stack)
    command = stack.admin.command(agent, "announce", text="One minute left.")
    for phone in (caller, agent):
        phone.hears("One minute left.")
    confirmed(stack, agent, command)
    assert (documents_of(agent) + documents_of(caller)).count("interlude") == 1
    assert who_hears(caller, "Oh!", agent=agent) == {"agent"}


def test_an_announcement_that_cannot_be_heard_is_told_with_the_reason(stack):
    caller, _ = in_room(stack)
    stack.twilio.faults(
        [{"on": "webhook", "match": "/scenes/interlude", "do": "status", "value": 500, "times": 5}]
    )
    command = stack.admin.command(caller, "announce", text="Nobody hears this.")
    state, message = done(stack, caller, command)
    assert (state, message.startswith("The announcement failed: ")) == ("unconfirmed", True), message
    assert "Nobody hears this." not in words(caller)


def test_somebody_is_brought_in_and_hears_an_introduction_alone(stack):
    caller, agent = in_room(stack)
    command = stack.admin.command(caller, "bring_in", to=EXPERT, introduction="Mrs Lee has a question.")
    expert = joined(stack, EXPERT)
    confirmed(stack, caller, command)
    assert "Mrs Lee has a question." in words(expert)
    assert "Mrs Lee has a question." not in words(caller) + words(agent)
    assert documents_of(expert) == ["interlude", "room"]
    assert who_hears(expert, "Good morning", caller=caller, agent=agent) == {"caller", "agent"}
    call = stack.admin.story(expert)["call"]
    assert (call["from"], call["room"]["name"]) == (NUMBER, f"room-{caller.sid}")
    expert.hangup()
    assert who_hears(agent, "They are gone", caller=caller) == {"caller"}


def test_who_does_not_answer_is_told_of(stack):
    caller, agent = in_room(stack)
    stack.twilio.people(EXPERT, "busy")
    command = stack.admin.command(caller, "bring_in", to=EXPERT)
    assert done(stack, caller, command) == ("unconfirmed", "The line is busy.")
    [expert] = stack.twilio.phones(to=EXPERT)
    kinds = [event["kind"] for event in stack.admin.story(expert)["events"]]
    assert "room.invited" in kinds
    assert who_hears(agent, "Nobody there", caller=caller) == {"caller"}


def test_a_caller_who_is_alone_hears_music_until_somebody_is_there(stack):
    caller = stack.dial()
    command = stack.admin.command(caller, "bring_in", to=EXPERT)
    expert = joined(stack, EXPERT)
    confirmed(stack, caller, command)
    assert any(item["kind"] == "play" for item in caller.heard)
    assert who_hears(expert, "At your service", caller=caller) == {"caller"}
    expert.hangup()
    caller.hears("press 1", times=2, timeout=20)
    assert stack.admin.wait_for(caller, lambda story: story["call"]["scene"] == "menu")["call"]["live"]


def test_the_end_of_a_room_is_the_end_for_all(stack):
    caller, agent = in_room(stack)
    stack.admin.command(caller, "bring_in", to=EXPERT)
    expert = joined(stack, EXPERT)
    assert stack.admin.command(caller, "end_room")["state"] == "confirmed"
    for phone in (caller, agent):
        phone.hears("Goodbye")
    expert.waits_for(status="completed", timeout=20)
    story = stack.admin.wait_for(
        caller, lambda story: "conference-end" in told(story) or not story["call"]["live"]
    )
    assert "participant-leave" in told(story)


def test_a_room_ends_with_whom_it_is_said_to_end_with(stack):
    caller, agent = in_room(stack)
    stack.admin.command(caller, "bring_in", to=EXPERT)
    expert = joined(stack, EXPERT)
    assert stack.admin.command(agent, "ends_room")["state"] == "confirmed"
    assert stack.admin.command(agent, "ends_room", value=False)["state"] == "confirmed"
    assert stack.admin.command(caller, "ends_room")["state"] == "confirmed"
    stack.admin.wait_for(caller, lambda story: story["call"]["room"]["ends_room"])
    agent.hangup()
    assert who_hears(expert, "Two of us", caller=caller) == {"caller"}
    caller.hangup()
    expert.waits_for(status="completed", timeout=20)


def test_what_twilio_would_ignore_on_hold_is_refused(stack):
    caller, _ = in_room(stack)
    stack.admin.command(caller, "hold")
    status, message = refusal(stack, caller, "ends_room")
    assert (status, "on hold" in message) == (409, True)
    assert stack.admin.command(caller, "resume")["state"] == "confirmed"


def test_outside_of_a_room_there_is_nobody_to_mute(stack):
    caller = stack.dial()
    for name in ("mute", "unmute", "kick", "connect", "leave", "end_room", "ends_room"):
        status, message = refusal(stack, caller, name)
        assert (status, message.startswith("The call is not in a conference.")) == (409, True), name
    for name, gentler in (
        ("announce", "`say`"),
        ("consult", "`transfer`"),
        ("monitor", "`barge`"),
        ("coach", "`barge`"),
    ):
        status, message = refusal(stack, caller, name, **ALL[name])
        assert (status, gentler in message) == (409, True), name
    assert scenes_asked_for(caller)[-1] == "menu"
    caller.press("2").hears("We are open")


def test_who_has_hung_up_meanwhile_is_in_no_room_whatever_the_registry_was_told(stack):
    caller, agent = in_room(stack)
    stack.twilio.faults([{"on": "webhook", "match": caller.sid, "do": "drop", "times": -1},
                         {"on": "webhook", "match": "/voice/", "do": "drop", "times": -1}])  # fmt: skip
    caller.hangup()
    for name, arguments in ALL.items():
        if name != "end_room":
            status, message = refusal(stack, caller, name, **arguments)
            assert status == 409, (name, message)
    assert agent.status == "in-progress"


def test_of_a_call_that_has_ended_each_command_says_so(stack):
    caller, agent = in_room(stack)
    caller.hangup()
    stack.admin.wait_for(caller, lambda story: not story["call"]["live"])
    for name, arguments in ALL.items():
        assert refusal(stack, caller, name, **arguments) == (409, "The call has ended."), name
    assert agent.hears("Goodbye", timeout=20)


def test_arguments_that_contradict_each_other_are_refused_before_anything_is_done(stack):
    caller = stack.dial()
    both = {"to": EXPERT, "supervisor": caller.sid}
    for name, arguments in (
        ("announce", {}), ("announce", {"text": "a", "url": "https://sounds.example/a.wav"}),
        ("announce", {"url": "file:///etc/passwd"}), ("monitor", {}), ("coach", both),
        ("ends_room", {"value": "maybe"}), ("bring_in", {"to": "nobody"}),
        ("consult", {"to": EXPERT, "timeout_seconds": 4}),
    ):  # fmt: skip
        assert refusal(stack, caller, name, **arguments)[0] == 422, (name, arguments)
    assert stack.admin.story(caller)["commands"] == []
