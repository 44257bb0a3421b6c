"""Conference inside Dial: who is in the room, what they hear, how it ends, and what is reported."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from twilio.rest import Client

import midcall_emulator
from midcall_emulator.client import Emulator, Phone
from midcall_emulator.twiml.verbs import conference, queue
from tests.support.listening import codes, heard
from tests.support.scripted_app import Line, ScriptedApp

NUMBER = "+14155550100"
NEW = "<Response><Say>New</Say></Response>"
ALL = "start end join leave mute hold modify speaker announcement"


def room(attributes: str = 'beep="false"', dial: str = "", then: str = "<Say>Out</Say>") -> str:
    return f"<Dial {dial}><Conference {attributes}>room</Conference></Dial>{then}"


def enters(twilio: Emulator, app: ScriptedApp, document: str = "", seconds: float = 0) -> Phone:
    app.on("/start", document or room())
    phone = twilio.dial(NUMBER)
    twilio.advance(seconds)
    return phone


def told(app: ScriptedApp, path: str = "/room") -> list[dict[str, str]]:
    return [visit.params for visit in app.visits if visit.path == path]


def events(app: ScriptedApp) -> list[str]:
    return [params["StatusCallbackEvent"] for params in told(app)]


def test_two_hear_each_other_until_the_one_who_ends_it_leaves(twilio: Emulator, app: ScriptedApp) -> None:
    ann = enters(twilio, app)
    assert heard(ann) == ["music"]
    bob = enters(twilio, app, room('beep="false" endConferenceOnExit="true"'))
    assert (heard(ann), heard(bob)) == (["music", f"bridge({bob.sid})"], [f"bridge({ann.sid})"])
    bob.hangup()
    ann.hears("Out")
    twilio.advance(5)
    assert (ann.status, bob.status) == ("completed", "completed")
    assert app.paths() == ["POST /start"] * 2


def test_the_action_says_answered_and_nothing_of_a_leg(twilio: Emulator, app: ScriptedApp) -> None:
    enters(twilio, app, room('endConferenceOnExit="true"')).waits_for(status="in-progress")
    twilio.settle()
    ann = enters(twilio, app, room(dial='action="/done" hangupOnStar="true"'))
    app.on("/done", "<Say>Thank you</Say>")
    ann.press("1")
    ann.press("*").hears("Thank you")
    params = app.visit("/done").params
    assert (params["DialCallStatus"], params["CallStatus"], params["DialBridged"]) == (
        "answered",
        "in-progress",
        "true",
    )
    assert not {"DialCallSid", "DialCallDuration"} & params.keys()


def test_it_waits_for_somebody_who_may_start_it(twilio: Emulator, app: ScriptedApp) -> None:
    waits = room('startConferenceOnEnter="false" beep="false"')
    ann, bob = enters(twilio, app, waits), enters(twilio, app, waits)
    twilio.advance(60)
    assert (heard(ann), heard(bob)) == (["music"], ["music"])
    cat = enters(twilio, app)
    assert heard(bob) == ["music", f"bridge({ann.sid})", f"bridge({cat.sid})"]
    assert heard(cat) == [f"bridge({ann.sid})", f"bridge({bob.sid})"]


@pytest.mark.parametrize(
    ("beep", "count"), [("true", 2), ("onEnter", 1), ("onExit", 1), ("false", 0), ("loud", 2)]
)
def test_beeps(twilio: Emulator, app: ScriptedApp, beep: str, count: int) -> None:
    ann = enters(twilio, app)
    enters(twilio, app, room(f'beep="{beep}"')).hangup()
    assert heard(ann).count("beep") == count


def test_a_wait_url_is_heard_once_and_again_if_it_says_so(twilio: Emulator, app: ScriptedApp) -> None:
    app.on("/wait", "<Say>Please wait</Say><Play>/m.mp3</Play>")
    ann = enters(twilio, app, room('beep="false" waitUrl="/wait" waitMethod="GET"'), 60)
    assert heard(ann) == ["say(Please wait)", "play(/m.mp3)"]
    assert app.visit("/wait").params["CallSid"] == ann.sid
    app.on("/wait", '<Pause length="20"/><Redirect/>')
    bob = enters(twilio, app, room('beep="false" waitUrl="/wait"').replace("room<", "other<"), 50)
    assert heard(bob) == ["silence(20)"] * 3
    assert app.paths().count("GET /wait") == 1
    assert app.paths().count("POST /wait") == 3


def test_the_start_cuts_the_music(twilio: Emulator, app: ScriptedApp) -> None:
    app.on("/wait", '<Say loop="0">Wait</Say>')
    ann = enters(twilio, app, room('beep="false" waitUrl="/wait"'), 0.7)
    bob = enters(twilio, app, room('beep="false" waitUrl=""'), 60)
    assert heard(ann) == ["say(Wait)", "say(Wait)", f"bridge({bob.sid})"]
    assert heard(bob) == [f"bridge({ann.sid})"]


@pytest.mark.parametrize(
    ("answer", "code"),
    [("<Gather/>", 13238), ("<Dial>+15005550006</Dial>", 13238), (Line(status=500), 11200)],
)
def test_a_wait_url_that_cannot_be(twilio: Emulator, app: ScriptedApp, answer: Any, code: int) -> None:
    app.on("/wait", answer)
    ann = enters(twilio, app, room('waitUrl="/wait"'), 10)
    assert (heard(ann), codes(ann), ann.status) == (["apology"], [code], "completed")


def test_a_failed_wait_url_may_be_silence(twilio: Emulator, app: ScriptedApp) -> None:
    twilio.switches(failed_wait_url="silence")
    app.on("/wait", Line(status=500))
    ann = enters(twilio, app, room('waitUrl="/wait"'), 10)
    assert (heard(ann), codes(ann), ann.status) == ([], [11200], "in-progress")


@pytest.mark.parametrize(
    ("attributes", "code"),
    [
        ('maxParticipants="1"', 16020),
        ('participantLabel="ann"', 16025),
        ('participantLabel="a/b"', 16023),
        ('participantLabel="CA00000000000000000000000000000000"', 16023),
        ('coach="CA00000000000000000000000000000000"', 13240),
    ],
)
def test_who_cannot_join_goes_on(twilio: Emulator, app: ScriptedApp, attributes: str, code: int) -> None:
    ann = enters(twilio, app, room('participantLabel="ann"'))
    bob = enters(twilio, app, room(attributes, 'action="/done"'))
    assert app.visit("/done").params["DialCallStatus"] == "failed"
    assert (heard(ann), codes(bob)) == (["music"], [code])


def test_who_hears_whom(twilio: Emulator, app: ScriptedApp) -> None:
    ann = enters(twilio, app)
    bob = enters(twilio, app, room('beep="false" muted="true"'))
    coach = enters(twilio, app, room(f'beep="false" coach="{ann.sid}"'))
    ann.press("1")
    bob.press("2")
    coach.press("3").speak("Say yes", 2)
    assert [item for item in heard(ann) if "dtmf" in item] == ["dtmf(3)"]
    assert [item for item in heard(bob) if "dtmf" in item] == ["dtmf(1)"]
    assert [item for item in heard(coach) if "dtmf" in item] == ["dtmf(1)"]
    assert [item["text"] for item in ann.heard if item["kind"] == "speech"] == ["Say yes"]
    assert not [item for item in bob.heard if item["kind"] == "speech"]


def test_a_redirect_takes_a_participant_out(twilio: Emulator, app: ScriptedApp, client: Client) -> None:
    ann = enters(twilio, app, room(f'beep="false" statusCallback="/room" statusCallbackEvent="{ALL}"'))
    bob = enters(twilio, app, room('beep="false"', 'action="/done"'), 5)
    client.calls(bob.sid).update(twiml=NEW)
    bob.hears("New")
    left = told(app)[-1]
    assert (left["StatusCallbackEvent"], left["CallSid"]) == ("participant-leave", bob.sid)
    assert left["ReasonParticipantLeft"] == "participant_updated_via_api"
    assert left["ParticipantCallStatus"] == "in-progress"
    assert app.visit("/done").params["DialCallStatus"] == "answered"
    assert (ann.status, heard(bob)[-1]) == ("in-progress", "say(New)")


@pytest.mark.parametrize("asks", [True, False])
def test_a_redirect_may_be_silent(twilio: Emulator, app: ScriptedApp, client: Client, asks: bool) -> None:
    twilio.switches(conference_action_on_redirect=asks)
    ann = enters(twilio, app, room("", 'action="/done"'))
    client.calls(ann.sid).update(twiml=NEW)
    ann.hears("New")
    assert ("POST /done" in app.paths()) == asks


@pytest.mark.parametrize("ends", [True, False])
def test_redirecting_the_one_who_ends_it(
    twilio: Emulator, app: ScriptedApp, client: Client, ends: bool
) -> None:
    twilio.switches(redirect_ends_conference=ends)
    ann = enters(twilio, app)
    bob = enters(twilio, app, room('beep="false" endConferenceOnExit="true"'))
    client.calls(bob.sid).update(twiml=NEW)
    twilio.settle()
    assert (heard(ann)[-1] == "say(Out)") == ends


def test_everything_is_reported_in_order(twilio: Emulator, app: ScriptedApp) -> None:
    first = f'statusCallback="/room" statusCallbackEvent="{ALL}" participantLabel="ann"'
    ann = enters(twilio, app, room(first))
    bob = enters(
        twilio, app, room('statusCallback="/other" statusCallbackEvent="join" endConferenceOnExit="true"')
    )
    bob.speak("Hello", 2)
    twilio.advance(10)
    bob.hangup()
    twilio.settle()
    assert events(app) == [
        "participant-join",
        "participant-join",
        "conference-start",
        "participant-speech-start",
        "participant-speech-stop",
        "participant-leave",
        "participant-leave",
        "conference-end",
    ]
    assert [params["SequenceNumber"] for params in told(app)] == [str(n) for n in range(1, 9)]
    assert "POST /other" not in app.paths()
    joined, start, end = told(app)[0], told(app)[2], told(app)[-1]
    assert (joined["CallSid"], joined["ParticipantLabel"], joined["FriendlyName"]) == (ann.sid, "ann", "room")
    assert [joined[name] for name in ("Muted", "Hold", "Coaching", "EndConferenceOnExit")] == ["false"] * 4
    assert joined["StartConferenceOnEnter"] == "true"
    assert "CallSid" not in start
    assert {"ConferenceSid", "AccountSid", "Timestamp"} <= start.keys()
    assert [params["ReasonParticipantLeft"] for params in told(app)[5:7]] == [
        "participant_hung_up",
        "moderator_ended_conference",
    ]
    assert (end["CallSidEndingConference"], end["ReasonConferenceEnded"]) == (
        bob.sid,
        "participant-with-end-conference-on-exit-left",
    )


def test_numbers_may_count_from_zero_and_events_are_chosen(twilio: Emulator, app: ScriptedApp) -> None:
    twilio.switches(conference_first_sequence_number=0)
    ann = enters(
        twilio, app, room('statusCallback="/room" statusCallbackEvent="join end" statusCallbackMethod="GET"')
    )
    ann.hangup()
    twilio.settle()
    assert events(app) == ["participant-join", "conference-end"]
    assert [params["SequenceNumber"] for params in told(app)] == ["0", "1"]
    assert told(app)[-1]["ReasonConferenceEnded"] == "last-participant-left"
    assert app.visit("/room").method == "GET"


def test_a_callback_without_events_is_silent_and_unknown_ones_are_a_warning(
    twilio: Emulator, app: ScriptedApp
) -> None:
    ann = enters(twilio, app, room('statusCallback="/room" statusCallbackEvent="begin"'))
    ann.hangup()
    twilio.settle()
    assert (codes(ann), told(app)) == ([16002], [])


def test_a_conference_is_recorded(twilio: Emulator, app: ScriptedApp, client: Client) -> None:
    attributes = 'record="record-from-start" recordingStatusCallback="/rec"'
    ann = enters(twilio, app, room(attributes), 10)
    bob = enters(twilio, app)
    twilio.advance(20)
    for phone in (ann, bob):
        phone.hangup()
    twilio.settle()
    params = app.visit("/rec").params
    assert (params["RecordingDuration"], params["RecordingSource"]) == ("20", "Conference")
    [recording] = client.recordings.list()
    assert recording.conference_sid == params["ConferenceSid"]


def test_the_longest_stay(twilio: Emulator, app: ScriptedApp) -> None:
    ann = enters(twilio, app, room(dial='timeLimit="30"'), 29)
    assert heard(ann) == ["music"]
    twilio.advance(1)
    assert heard(ann) == ["music", "say(Out)"]


def test_an_unknown_attribute_and_company_are_warnings(twilio: Emulator, app: ScriptedApp) -> None:
    ann = enters(
        twilio, app, "<Dial><Conference wait='x'>room</Conference><Number>+15005550006</Number></Dial>"
    )
    assert (codes(ann), heard(ann), ann.legs) == ([13000, 12200], ["music"], [])


def test_a_name_is_free_again_once_it_is_over(twilio: Emulator, app: ScriptedApp) -> None:
    callback = room('statusCallback="/room" statusCallbackEvent="join"')
    enters(twilio, app, callback).hangup()
    enters(twilio, app, callback)
    first, second = told(app)
    assert first["ConferenceSid"] != second["ConferenceSid"]
    assert second["SequenceNumber"] == "1"


def test_every_attribute_of_the_nouns_is_listed() -> None:
    coverage = (Path(midcall_emulator.__file__).parent / "COVERAGE.md").read_text()
    starts = tuple(re.findall(r"`(\w+)\*`", coverage))
    names = f"{conference.ATTRIBUTES} {queue.ATTRIBUTES}".split()
    assert [name for name in names if f"`{name}`" not in coverage and not name.startswith(starts)] == []


def test_the_list_gets_shorter(twilio: Emulator, app: ScriptedApp, client: Client) -> None:
    enters(twilio, app)
    bob = enters(twilio, app)
    [found] = client.conferences.list(status="in-progress")
    assert len(found.participants.list()) == 2
    bob.hangup()
    assert len(found.participants.list()) == 1
