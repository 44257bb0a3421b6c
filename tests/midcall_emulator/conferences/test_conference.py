"""Conference inside Dial: the audio between participants, the wait URL, the end, and status callbacks."""

from __future__ import annotations

import pytest
from twilio.rest import Client

from midcall_emulator.client import Emulator
from tests.support.call_log import heard, warning_codes
from tests.support.conference_calls import ALL_EVENTS, conference_callbacks, conference_document, join
from tests.support.scripted_app import ScriptedApp

NEW = "<Response><Say>New</Say></Response>"


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
        twilio,
        app,
        conference_document(f'beep="false" statusCallback="/conference" statusCallbackEvent="{ALL_EVENTS}"'),
    )
    bob = join(twilio, app, conference_document('beep="false"', 'action="/done"'), 5)
    client.calls(bob.sid).update(twiml=NEW)
    bob.hears("New")
    left = conference_callbacks(app)[-1]
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
        twilio, app, "<Dial><Conference wait='x'>sales</Conference><Number>+15005550006</Number></Dial>"
    )
    assert (warning_codes(ann), heard(ann), ann.legs) == ([13000, 12200], ["music"], [])


def test_the_participant_list_omits_those_who_left(
    twilio: Emulator, app: ScriptedApp, client: Client
) -> None:
    join(twilio, app)
    bob = join(twilio, app)
    [found] = client.conferences.list(status="in-progress")
    assert len(found.participants.list()) == 2
    bob.hangup()
    assert len(found.participants.list()) == 1
