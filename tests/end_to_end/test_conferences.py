"""Commands in a conference: which participants hear each other, what the callbacks report, what is refused."""

from __future__ import annotations

import pytest

from tests.support.clients import NUMBER
from tests.support.command_examples import example_arguments
from tests.support.conference_parties import (
    EXPERT,
    conference_events,
    conference_of_two,
    heard_by,
    scenes_of,
    wait_for_join,
)
from tests.support.parties import (
    connect_parties,
    outcome_of,
    refusal,
    requested_scenes,
    spoken_to,
    wait_for_confirmation,
)
from voice.commands import all_commands
from voice.control.base import call_commands

ALL = {
    name: example_arguments(kind)
    for name, kind in call_commands(all_commands()).items()
    if kind.group == "room" and name != "conference"
}


def test_a_muted_participant_hears_and_is_not_heard(stack):
    caller, agent = conference_of_two(stack)
    assert stack.admin.command(agent, "mute")["state"] == "confirmed"
    assert heard_by(agent, "Can you hear me?", caller=caller) == set()
    assert heard_by(caller, "Are you there?", agent=agent) == {"agent"}
    assert stack.admin.command(agent, "unmute")["state"] == "confirmed"
    assert heard_by(agent, "Now?", caller=caller) == {"caller"}
    story = stack.admin.wait_for(agent, lambda story: "participant-unmute" in conference_events(story))
    assert conference_events(story) == ["participant-join", "participant-mute", "participant-unmute"]
    assert story["call"]["room"]["muted"] is False


def test_an_answer_with_other_values_leaves_the_command_unconfirmed(stack):
    caller, agent = conference_of_two(stack)
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
    assert heard_by(agent, "Still heard", caller=caller) == {"caller"}


def test_a_removed_participant_and_the_one_left_alone_hear_goodbye(stack):
    caller, agent = conference_of_two(stack)
    assert stack.admin.command(agent, "kick")["state"] == "confirmed"
    agent.hears("Goodbye")
    caller.hears("Goodbye", timeout=20)
    assert scenes_of(caller)[-2:] == ["room_left", "goodbye"]
    for phone in (caller, agent):
        phone.waits_for(status="completed", timeout=20)
    story = stack.admin.wait_for(caller, lambda story: not story["call"]["live"])
    kinds = [event["kind"] for event in story["events"]]
    assert "room.ended" in kinds
    assert len(stack.sdk.conferences.list(friendly_name=f"room-{caller.sid}", status="completed")) == 1


def test_an_announcement_reaches_all_participants_off_hold_or_only_one(stack):
    caller, agent = conference_of_two(stack)
    command = stack.admin.command(caller, "announce", text="This call is recorded.")
    for phone in (caller, agent):
        phone.hears("This call is recorded.")
    wait_for_confirmation(stack, caller, command)
    command = stack.admin.command(caller, "announce", text="Your agent is new.", to="this")
    caller.hears("Your agent is new.")
    wait_for_confirmation(stack, caller, command)
    assert "Your agent is new." not in spoken_to(agent)
    stack.admin.command(agent, "hold")
    wait_for_confirmation(
        stack, caller, stack.admin.command(caller, "announce", url="https://sounds.example/ding.wav")
    )
    played = {
        name: [i["url"] for i in one.heard if i["kind"] == "play"]
        for name, one in {"c": caller, "a": agent}.items()
    }
    assert "https://sounds.example/ding.wav" in played["c"]
    assert "https://sounds.example/ding.wav" not in played["a"]


def test_a_redirect_names_the_participant_it_would_leave_alone(stack):
    caller, agent = conference_of_two(stack)
    answer = stack.admin.post(f"/calls/{caller.sid}/redirect", {"scene": "menu"})
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (409, "would_drop_others")
    assert [field["message"] for field in error["fields"]] == [agent.sid]
    wait_for_confirmation(
        stack, caller, stack.admin.command(caller, "redirect", scene="menu", even_if_dropping=True)
    )
    agent.hears("Goodbye", timeout=20)
    assert scenes_of(agent)[-2:] == ["room_left", "goodbye"]


def test_an_announcement_to_two_parties_moves_them_into_a_conference(stack):
    caller, agent = connect_parties(stack)
    command = stack.admin.command(agent, "announce", text="One minute left.")
    for phone in (caller, agent):
        phone.hears("One minute left.")
    wait_for_confirmation(stack, agent, command)
    assert (scenes_of(agent) + scenes_of(caller)).count("interlude") == 1
    assert heard_by(caller, "Oh!", agent=agent) == {"agent"}


def test_an_announcement_that_plays_an_application_error_is_not_confirmed(stack):
    caller, _ = conference_of_two(stack)
    stack.twilio.faults(
        [{"on": "webhook", "match": "/scenes/interlude", "do": "status", "value": 500, "times": 5}]
    )
    command = stack.admin.command(caller, "announce", text="Not for the conference.")
    stack.wait_until(lambda: caller.heard[-1]["kind"] == "apology")
    [state] = [one["state"] for one in stack.admin.story(caller)["commands"] if one["id"] == command["id"]]
    assert state == "accepted"


def test_a_failed_announcement_gives_its_reason(stack):
    stack.twilio.switches(announcement_fail="any")
    caller, _ = conference_of_two(stack)
    stack.twilio.faults(
        [{"on": "webhook", "match": "/scenes/interlude", "do": "status", "value": 500, "times": 5}]
    )
    command = stack.admin.command(caller, "announce", text="Not for the conference.")
    state, message = outcome_of(stack, caller, command)
    assert (state, message.startswith("The announcement failed: ")) == ("unconfirmed", True), message
    assert "Not for the conference." not in spoken_to(caller)


def test_an_added_participant_alone_hears_the_introduction(stack):
    caller, agent = conference_of_two(stack)
    command = stack.admin.command(caller, "bring_in", to=EXPERT, introduction="Mrs Lee has a question.")
    expert = wait_for_join(stack, EXPERT)
    wait_for_confirmation(stack, caller, command)
    assert "Mrs Lee has a question." in spoken_to(expert)
    assert "Mrs Lee has a question." not in spoken_to(caller) + spoken_to(agent)
    assert scenes_of(expert) == ["interlude", "room"]
    assert heard_by(expert, "Good morning", caller=caller, agent=agent) == {"caller", "agent"}
    call = stack.admin.story(expert)["call"]
    assert (call["from"], call["room"]["name"]) == (NUMBER, f"room-{caller.sid}")
    expert.hangup()
    assert heard_by(agent, "They are gone", caller=caller) == {"caller"}


def test_an_added_participant_who_is_busy_leaves_the_command_unconfirmed(stack):
    caller, agent = conference_of_two(stack)
    stack.twilio.people(EXPERT, "busy")
    command = stack.admin.command(caller, "bring_in", to=EXPERT)
    assert outcome_of(stack, caller, command) == ("unconfirmed", "The line is busy.")
    [expert] = stack.twilio.phones(to=EXPERT)
    kinds = [event["kind"] for event in stack.admin.story(expert)["events"]]
    assert "room.invited" in kinds
    assert heard_by(agent, "Nobody there", caller=caller) == {"caller"}


def test_a_lone_caller_hears_music_until_a_participant_joins(stack):
    caller = stack.dial()
    command = stack.admin.command(caller, "bring_in", to=EXPERT)
    expert = wait_for_join(stack, EXPERT)
    wait_for_confirmation(stack, caller, command)
    assert any(item["kind"] == "play" for item in caller.heard)
    assert heard_by(expert, "At your service", caller=caller) == {"caller"}
    expert.hangup()
    caller.hears("press 1", times=2, timeout=20)
    assert stack.admin.wait_for(caller, lambda story: story["call"]["scene"] == "menu")["call"]["live"]


def test_end_room_ends_the_conference_for_all_participants(stack):
    caller, agent = conference_of_two(stack)
    stack.admin.command(caller, "bring_in", to=EXPERT)
    expert = wait_for_join(stack, EXPERT)
    command = stack.admin.command(caller, "end_room")
    for phone in (caller, agent, expert):
        phone.hears("Goodbye", timeout=20)
    wait_for_confirmation(stack, caller, command)
    expert.waits_for(status="completed", timeout=20)
    story = stack.admin.wait_for(
        caller, lambda story: "conference-end" in conference_events(story) or not story["call"]["live"]
    )
    assert "participant-leave" in conference_events(story)


def test_ends_room_ends_the_conference_when_the_participant_leaves(stack):
    caller, agent = conference_of_two(stack)
    stack.admin.command(caller, "bring_in", to=EXPERT)
    expert = wait_for_join(stack, EXPERT)
    assert stack.admin.command(agent, "ends_room")["state"] == "confirmed"
    assert stack.admin.command(agent, "ends_room", value=False)["state"] == "confirmed"
    assert stack.admin.command(caller, "ends_room")["state"] == "confirmed"
    stack.admin.wait_for(caller, lambda story: story["call"]["room"]["ends_room"])
    agent.hangup()
    assert heard_by(expert, "Two of us", caller=caller) == {"caller"}
    caller.hangup()
    expert.waits_for(status="completed", timeout=20)


@pytest.mark.fast_twilio  # for a moment, REST shows no hold
def test_ends_room_is_refused_on_hold_where_twilio_would_ignore_it(stack):
    caller, _ = conference_of_two(stack)
    stack.admin.command(caller, "hold")
    status, message = refusal(stack, caller, "ends_room")
    assert (status, "on hold" in message) == (409, True)
    assert stack.admin.command(caller, "resume")["state"] == "confirmed"


def test_commands_for_participants_are_refused_outside_a_conference(stack):
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
    assert requested_scenes(caller)[-1] == "menu"
    caller.press("2").hears("We are open")


@pytest.mark.fast_twilio  # for a moment, REST shows the call in progress
def test_a_hang_up_that_no_webhook_reports_refuses_every_command(stack):
    caller, agent = conference_of_two(stack)
    stack.twilio.faults([{"on": "webhook", "match": caller.sid, "do": "drop", "times": -1},
                         {"on": "webhook", "match": "/voice/", "do": "drop", "times": -1}])  # fmt: skip
    caller.hangup()
    for name, arguments in ALL.items():
        if name != "end_room":
            stack.wait_until(
                lambda: stack.sdk.calls(caller.sid).fetch().status == "completed"
            )  # the API lags
            status, message = refusal(stack, caller, name, **arguments)
            assert status == 409, (name, message)
    assert agent.status == "in-progress"


def test_every_conference_command_names_the_end_of_the_call(stack):
    caller, agent = conference_of_two(stack)
    caller.hangup()
    stack.admin.wait_for(caller, lambda story: not story["call"]["live"])
    for name, arguments in ALL.items():
        assert refusal(stack, caller, name, **arguments) == (409, "The call has ended."), name
    assert agent.hears("Goodbye", timeout=20)


def test_contradictory_arguments_are_refused_before_a_command_is_recorded(stack):
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
