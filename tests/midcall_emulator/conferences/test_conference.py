"""Conference inside Dial: the audio between participants, the wait URL, the end, and status callbacks."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from twilio.rest import Client

import midcall_emulator
from midcall_emulator.client import Emulator, Phone
from midcall_emulator.twiml.verbs import conference, queue
from tests.support.call_log import heard, warning_codes
from tests.support.scripted_app import Answer, ScriptedApp

NUMBER = "+14155550100"
NEW = "<Response><Say>New</Say></Response>"
ALL = "start end join leave mute hold modify speaker announcement"


def conference_document(
    attributes: str = 'beep="false"', dial: str = "", then: str = "<Say>Out</Say>"
) -> str:
    return f"<Dial {dial}><Conference {attributes}>room</Conference></Dial>{then}"


def join(twilio: Emulator, app: ScriptedApp, document: str = "", seconds: float = 0) -> Phone:
    app.on("/start", document or conference_document())
    phone = twilio.dial(NUMBER)
    twilio.advance(seconds)
    return phone


def callbacks(app: ScriptedApp, path: str = "/room") -> list[dict[str, str]]:
    return [visit.params for visit in app.visits if visit.path == path]


def event_names(app: ScriptedApp) -> list[str]:
    return [params["StatusCallbackEvent"] for params in callbacks(app)]


def test_two_participants_are_bridged_until_the_one_with_end_conference_on_exit_leaves(
    twilio: Emulator, app: ScriptedApp
) -> None:
    ann = join(twilio, app)
    assert heard(ann) == ["music"]
    bob = join(twilio, app, conference_document('beep="false" endConferenceOnExit="true"'))
    assert (heard(ann), heard(bob)) == (["music", f"bridge({bob.sid})"], [f"bridge({ann.sid})"])
    bob.hangup()
    ann.hears("Out")
    twilio.advance(5)
    assert (ann.status, bob.status) == ("completed", "completed")
    assert app.paths() == ["POST /start"] * 2


def test_the_dial_action_reports_answered_without_a_leg(twilio: Emulator, app: ScriptedApp) -> None:
    join(twilio, app, conference_document('endConferenceOnExit="true"')).waits_for(status="in-progress")
    twilio.settle()
    ann = join(twilio, app, conference_document(dial='action="/done" hangupOnStar="true"'))
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


def test_a_conference_starts_with_the_first_participant_allowed_to_start_it(
    twilio: Emulator, app: ScriptedApp
) -> None:
    waits = conference_document('startConferenceOnEnter="false" beep="false"')
    ann, bob = join(twilio, app, waits), join(twilio, app, waits)
    twilio.advance(60)
    assert (heard(ann), heard(bob)) == (["music"], ["music"])
    cat = join(twilio, app)
    assert heard(bob) == ["music", f"bridge({ann.sid})", f"bridge({cat.sid})"]
    assert heard(cat) == [f"bridge({ann.sid})", f"bridge({bob.sid})"]


@pytest.mark.parametrize(
    ("beep", "count"), [("true", 2), ("onEnter", 1), ("onExit", 1), ("false", 0), ("loud", 2)]
)
def test_the_beep_attribute_decides_when_others_hear_a_beep(
    twilio: Emulator, app: ScriptedApp, beep: str, count: int
) -> None:
    ann = join(twilio, app)
    join(twilio, app, conference_document(f'beep="{beep}"')).hangup()
    assert heard(ann).count("beep") == count


def test_a_wait_document_plays_once_and_repeats_with_an_empty_redirect(
    twilio: Emulator, app: ScriptedApp
) -> None:
    app.on("/wait", "<Say>Please wait</Say><Play>/m.mp3</Play>")
    ann = join(twilio, app, conference_document('beep="false" waitUrl="/wait" waitMethod="GET"'), 60)
    assert heard(ann) == ["say(Please wait)", "play(/m.mp3)"]
    assert app.visit("/wait").params["CallSid"] == ann.sid
    app.on("/wait", '<Pause length="20"/><Redirect/>')
    bob = join(
        twilio, app, conference_document('beep="false" waitUrl="/wait"').replace("room<", "other<"), 50
    )
    assert heard(bob) == ["silence(20)"] * 3
    assert app.paths().count("GET /wait") == 1
    assert app.paths().count("POST /wait") == 3


def test_the_conference_start_interrupts_the_wait_document(twilio: Emulator, app: ScriptedApp) -> None:
    app.on("/wait", '<Say loop="0">Wait</Say>')
    ann = join(twilio, app, conference_document('beep="false" waitUrl="/wait"'), 0.7)
    bob = join(twilio, app, conference_document('beep="false" waitUrl=""'), 60)
    assert heard(ann) == ["say(Wait)", "say(Wait)", f"bridge({bob.sid})"]
    assert heard(bob) == [f"bridge({ann.sid})"]


@pytest.mark.parametrize(
    ("answer", "code"),
    [("<Gather/>", 13238), ("<Dial>+15005550006</Dial>", 13238), (Answer(status=500), 11200)],
)
def test_an_invalid_wait_document_ends_the_call_with_an_apology(
    twilio: Emulator, app: ScriptedApp, answer: Any, code: int
) -> None:
    app.on("/wait", answer)
    ann = join(twilio, app, conference_document('waitUrl="/wait"'), 10)
    assert (heard(ann), warning_codes(ann), ann.status) == (["apology"], [code], "completed")


def test_a_failed_wait_url_is_silence_if_the_switch_says_so(twilio: Emulator, app: ScriptedApp) -> None:
    twilio.switches(failed_wait_url="silence")
    app.on("/wait", Answer(status=500))
    ann = join(twilio, app, conference_document('waitUrl="/wait"'), 10)
    assert (heard(ann), warning_codes(ann), ann.status) == ([], [11200], "in-progress")


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
def test_a_participant_who_cannot_join_continues_with_the_action(
    twilio: Emulator, app: ScriptedApp, attributes: str, code: int
) -> None:
    ann = join(twilio, app, conference_document('participantLabel="ann"'))
    bob = join(twilio, app, conference_document(attributes, 'action="/done"'))
    assert app.visit("/done").params["DialCallStatus"] == "failed"
    assert (heard(ann), warning_codes(bob)) == (["music"], [code])


def test_keys_and_speech_reach_only_the_participants_who_hear_the_sender(
    twilio: Emulator, app: ScriptedApp
) -> None:
    ann = join(twilio, app)
    bob = join(twilio, app, conference_document('beep="false" muted="true"'))
    coach = join(twilio, app, conference_document(f'beep="false" coach="{ann.sid}"'))
    ann.press("1")
    bob.press("2")
    coach.press("3").speak("Say yes", 2)
    assert [item for item in heard(ann) if "dtmf" in item] == ["dtmf(3)"]
    assert [item for item in heard(bob) if "dtmf" in item] == ["dtmf(1)"]
    assert [item for item in heard(coach) if "dtmf" in item] == ["dtmf(1)"]
    assert [item["text"] for item in ann.heard if item["kind"] == "speech"] == ["Say yes"]
    assert not [item for item in bob.heard if item["kind"] == "speech"]


def test_a_redirect_removes_the_participant_from_the_conference(
    twilio: Emulator, app: ScriptedApp, client: Client
) -> None:
    ann = join(
        twilio, app, conference_document(f'beep="false" statusCallback="/room" statusCallbackEvent="{ALL}"')
    )
    bob = join(twilio, app, conference_document('beep="false"', 'action="/done"'), 5)
    client.calls(bob.sid).update(twiml=NEW)
    bob.hears("New")
    left = callbacks(app)[-1]
    assert (left["StatusCallbackEvent"], left["CallSid"]) == ("participant-leave", bob.sid)
    assert left["ReasonParticipantLeft"] == "participant_updated_via_api"
    assert left["ParticipantCallStatus"] == "in-progress"
    assert app.visit("/done").params["DialCallStatus"] == "answered"
    assert (ann.status, heard(bob)[-1]) == ("in-progress", "say(New)")


@pytest.mark.parametrize("asks", [True, False])
def test_a_switch_decides_whether_a_redirect_requests_the_dial_action(
    twilio: Emulator, app: ScriptedApp, client: Client, asks: bool
) -> None:
    twilio.switches(conference_action_on_redirect=asks)
    ann = join(twilio, app, conference_document("", 'action="/done"'))
    client.calls(ann.sid).update(twiml=NEW)
    ann.hears("New")
    assert ("POST /done" in app.paths()) == asks


@pytest.mark.parametrize("ends", [True, False])
def test_a_switch_decides_whether_a_redirected_moderator_ends_the_conference(
    twilio: Emulator, app: ScriptedApp, client: Client, ends: bool
) -> None:
    twilio.switches(redirect_ends_conference=ends)
    ann = join(twilio, app)
    bob = join(twilio, app, conference_document('beep="false" endConferenceOnExit="true"'))
    client.calls(bob.sid).update(twiml=NEW)
    twilio.settle()
    assert (heard(ann)[-1] == "say(Out)") == ends


def test_status_callbacks_report_every_event_in_order(twilio: Emulator, app: ScriptedApp) -> None:
    first = f'statusCallback="/room" statusCallbackEvent="{ALL}" participantLabel="ann"'
    ann = join(twilio, app, conference_document(first))
    bob = join(
        twilio,
        app,
        conference_document('statusCallback="/other" statusCallbackEvent="join" endConferenceOnExit="true"'),
    )
    bob.speak("Hello", 2)
    twilio.advance(10)
    bob.hangup()
    twilio.settle()
    assert event_names(app) == [
        "participant-join",
        "participant-join",
        "conference-start",
        "participant-speech-start",
        "participant-speech-stop",
        "participant-leave",
        "participant-leave",
        "conference-end",
    ]
    assert [params["SequenceNumber"] for params in callbacks(app)] == [str(n) for n in range(1, 9)]
    assert "POST /other" not in app.paths()
    joined, start, end = callbacks(app)[0], callbacks(app)[2], callbacks(app)[-1]
    assert (joined["CallSid"], joined["ParticipantLabel"], joined["FriendlyName"]) == (ann.sid, "ann", "room")
    assert [joined[name] for name in ("Muted", "Hold", "Coaching", "EndConferenceOnExit")] == ["false"] * 4
    assert joined["StartConferenceOnEnter"] == "true"
    assert "CallSid" not in start
    assert {"ConferenceSid", "AccountSid", "Timestamp"} <= start.keys()
    assert [params["ReasonParticipantLeft"] for params in callbacks(app)[5:7]] == [
        "participant_hung_up",
        "moderator_ended_conference",
    ]
    assert (end["CallSidEndingConference"], end["ReasonConferenceEnded"]) == (
        bob.sid,
        "participant-with-end-conference-on-exit-left",
    )


def test_status_callbacks_are_limited_to_chosen_events_and_may_count_from_zero(
    twilio: Emulator, app: ScriptedApp
) -> None:
    twilio.switches(conference_first_sequence_number=0)
    ann = join(
        twilio,
        app,
        conference_document(
            'statusCallback="/room" statusCallbackEvent="join end" statusCallbackMethod="GET"'
        ),
    )
    ann.hangup()
    twilio.settle()
    assert event_names(app) == ["participant-join", "conference-end"]
    assert [params["SequenceNumber"] for params in callbacks(app)] == ["0", "1"]
    assert callbacks(app)[-1]["ReasonConferenceEnded"] == "last-participant-left"
    assert app.visit("/room").method == "GET"


def test_an_unknown_status_callback_event_is_a_warning_and_sends_nothing(
    twilio: Emulator, app: ScriptedApp
) -> None:
    ann = join(twilio, app, conference_document('statusCallback="/room" statusCallbackEvent="begin"'))
    ann.hangup()
    twilio.settle()
    assert (warning_codes(ann), callbacks(app)) == ([16002], [])


def test_record_from_start_records_the_conference(twilio: Emulator, app: ScriptedApp, client: Client) -> None:
    attributes = 'record="record-from-start" recordingStatusCallback="/rec"'
    ann = join(twilio, app, conference_document(attributes), 10)
    bob = join(twilio, app)
    twilio.advance(20)
    for phone in (ann, bob):
        phone.hangup()
    twilio.settle()
    params = app.visit("/rec").params
    assert (params["RecordingDuration"], params["RecordingSource"]) == ("20", "Conference")
    [recording] = client.recordings.list()
    assert recording.conference_sid == params["ConferenceSid"]


def test_the_dial_time_limit_ends_the_participation(twilio: Emulator, app: ScriptedApp) -> None:
    ann = join(twilio, app, conference_document(dial='timeLimit="30"'), 29)
    assert heard(ann) == ["music"]
    twilio.advance(1)
    assert heard(ann) == ["music", "say(Out)"]


def test_an_unknown_attribute_and_a_second_noun_are_warnings(twilio: Emulator, app: ScriptedApp) -> None:
    ann = join(
        twilio, app, "<Dial><Conference wait='x'>room</Conference><Number>+15005550006</Number></Dial>"
    )
    assert (warning_codes(ann), heard(ann), ann.legs) == ([13000, 12200], ["music"], [])


def test_a_completed_conference_frees_its_name(twilio: Emulator, app: ScriptedApp) -> None:
    callback = conference_document('statusCallback="/room" statusCallbackEvent="join"')
    join(twilio, app, callback).hangup()
    join(twilio, app, callback)
    first, second = callbacks(app)
    assert first["ConferenceSid"] != second["ConferenceSid"]
    assert second["SequenceNumber"] == "1"


def test_coverage_lists_every_attribute_of_conference_and_queue() -> None:
    coverage = (Path(midcall_emulator.__file__).parent / "COVERAGE.md").read_text()
    starts = tuple(re.findall(r"`(\w+)\*`", coverage))
    names = f"{conference.ATTRIBUTES} {queue.ATTRIBUTES}".split()
    assert [name for name in names if f"`{name}`" not in coverage and not name.startswith(starts)] == []


def test_the_participant_list_omits_those_who_left(
    twilio: Emulator, app: ScriptedApp, client: Client
) -> None:
    join(twilio, app)
    bob = join(twilio, app)
    [found] = client.conferences.list(status="in-progress")
    assert len(found.participants.list()) == 2
    bob.hangup()
    assert len(found.participants.list()) == 1
