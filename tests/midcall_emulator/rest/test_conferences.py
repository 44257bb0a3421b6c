"""The REST API of conferences and participants through Twilio's SDK."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from midcall_emulator.client import Emulator, Phone
from tests.support.call_log import heard, warning_codes
from tests.support.rest_requests import BASE, rest_request, xml_request
from tests.support.scripted_app import Answer, ScriptedApp

NUMBER = "+14155550100"
ANN = "+15005550006"
ALL = "start end join leave mute hold modify speaker announcement"
CONFERENCE = {
    "sid", "account_sid", "friendly_name", "region", "status", "api_version", "date_created", "date_updated",
    "reason_conference_ended", "call_sid_ending_conference", "uri", "subresource_uris",
}  # fmt: skip
PARTICIPANT = {
    "account_sid", "call_sid", "label", "call_sid_to_coach", "coaching", "conference_sid", "date_created",
    "date_updated", "end_conference_on_exit", "muted", "hold", "start_conference_on_enter", "status",
    "queue_time", "uri",
}  # fmt: skip


def join(twilio: Emulator, app: ScriptedApp, attributes: str = "", name: str = "sales") -> Phone:
    app.on("/start", f'<Dial><Conference beep="false" {attributes}>{name}</Conference></Dial><Say>Out</Say>')
    phone = twilio.dial(NUMBER)
    twilio.settle()
    return phone


def join_two(twilio: Emulator, app: ScriptedApp, attributes: str = "") -> tuple[Phone, Phone]:
    callback = f'statusCallback="/events" statusCallbackEvent="{ALL}"'
    return join(twilio, app, callback), join(twilio, app, attributes)


def conference_named(client: Client, name: str = "sales") -> Any:
    [found] = client.conferences.list(friendly_name=name)
    return client.conferences(str(found.sid))


def last_callback(app: ScriptedApp) -> dict[str, str]:
    return app.visit("/events").params


def status_and_code(error: Any) -> tuple[int, int]:
    return error.value.status, error.value.code


def test_conferences_and_participants_are_listed_and_fetched(
    twilio: Emulator, app: ScriptedApp, client: Client, emulator_url: str
) -> None:
    ann, bob = join_two(twilio, app)
    join(twilio, app, name="other")
    assert [conference.friendly_name for conference in client.conferences.list()] == ["other", "sales"]
    assert [conference.friendly_name for conference in client.conferences.list(status="in-progress")] == [
        "sales"
    ]
    assert [conference.friendly_name for conference in client.conferences.list(status="init")] == ["other"]
    tomorrow = datetime.now(UTC).date() + timedelta(days=2)
    assert client.conferences.list(date_created_after=tomorrow) == []
    assert len(client.conferences.list(date_updated_before=tomorrow, page_size=1)) == 2
    sid = conference_named(client).fetch().sid
    status, body = rest_request(f"{emulator_url}{BASE}/Conferences/{sid}.json")
    assert (status, body.keys(), body["region"]) == (200, CONFERENCE, "us1")
    assert body["subresource_uris"]["participants"] == f"{BASE}/Conferences/{sid}/Participants.json"
    listed = conference_named(client).participants.list(page_size=1)
    assert [participant.call_sid for participant in listed] == [bob.sid, ann.sid]
    status, body = rest_request(f"{emulator_url}{BASE}/Conferences/{sid}/Participants/{ann.sid}.json")
    assert (status, body.keys()) == (200, PARTICIPANT)
    assert (body["status"], body["muted"], body["label"]) == ("connected", False, None)
    assert body["uri"] == f"{BASE}/Conferences/{sid}/Participants/{ann.sid}.json"


@pytest.mark.parametrize("status", ["init", "in-progress"])
def test_a_switch_sets_the_status_of_a_waiting_conference(
    twilio: Emulator, app: ScriptedApp, client: Client, status: Any
) -> None:
    twilio.switches(conference_waiting_status=status)
    join(twilio, app)
    assert conference_named(client).fetch().status == status
    assert len(client.conferences.list(status=status)) == 1


def test_completing_a_conference_removes_every_participant(
    twilio: Emulator, app: ScriptedApp, client: Client
) -> None:
    ann, bob = join_two(twilio, app)
    conference = conference_named(client)
    ended = conference.update(status="completed")
    assert (ended.status, ended.reason_conference_ended) == ("completed", "conference-ended-via-api")
    twilio.settle()
    assert (heard(ann)[-1], heard(bob)[-1]) == ("say(Out)", "say(Out)")
    assert last_callback(app)["ReasonConferenceEnded"] == "conference-ended-via-api"
    assert app.visit("/events", -2).params["ReasonParticipantLeft"] == "conference_ended_via_api"
    assert conference.participants.list() == []
    assert conference.update(status="completed").status == "completed"
    with pytest.raises(TwilioRestException) as error:
        conference.participants(ann.sid).fetch()
    assert status_and_code(error) == (404, 20404)


def test_every_participant_hears_a_conference_announcement(
    twilio: Emulator, app: ScriptedApp, client: Client
) -> None:
    ann, bob = join_two(twilio, app)
    app.on("/news", "<Say>Dear all</Say><Redirect>/more</Redirect>")
    app.on("/more", "<Play>/m.mp3</Play>")
    conference_named(client).update(announce_url=app.url("/news"))
    twilio.advance(30)
    for phone in (ann, bob):
        assert heard(phone)[-2:] == ["say(Dear all)", "play(/m.mp3)"]
    assert app.visit("/news").method == "POST"
    assert (last_callback(app)["StatusCallbackEvent"], last_callback(app)["AnnounceUrl"]) == (
        "announcement-end",
        app.url("/news"),
    )
    assert "CallSid" not in last_callback(app)


def test_a_failed_announcement_is_reported(twilio: Emulator, app: ScriptedApp, client: Client) -> None:
    ann, _ = join_two(twilio, app)
    app.on("/news", "<Hangup/>")
    conference_named(client).participants(ann.sid).update(
        announce_url=app.url("/news"), announce_method="GET"
    )
    twilio.settle()
    assert (last_callback(app)["StatusCallbackEvent"], last_callback(app)["CallSid"]) == (
        "announcement-fail",
        ann.sid,
    )
    assert "Hangup" in last_callback(app)["ReasonAnnouncementFailed"]
    assert (app.visit("/news").method, warning_codes(ann), ann.status) == ("GET", [13238], "in-progress")


def test_one_participant_hears_a_participant_announcement(
    twilio: Emulator, app: ScriptedApp, client: Client
) -> None:
    ann, bob = join_two(twilio, app)
    app.on("/news", "<Say>You are the first</Say>")
    conference_named(client).participants(ann.sid).update(announce_url=app.url("/news"))
    twilio.advance(10)
    assert heard(ann)[-1] == "say(You are the first)"
    assert heard(bob) == [f"bridge({ann.sid})"]


def test_an_announcement_before_the_start_is_refused(
    twilio: Emulator, app: ScriptedApp, client: Client
) -> None:
    join(twilio, app)
    with pytest.raises(TwilioRestException) as error:
        conference_named(client).update(announce_url=app.url("/news"))
    assert status_and_code(error) == (400, 16099)


def test_a_muted_participant_is_not_heard(twilio: Emulator, app: ScriptedApp, client: Client) -> None:
    ann, bob = join_two(twilio, app)
    conference = conference_named(client)
    assert conference.participants(ann.sid).update(muted=True).muted is True
    twilio.settle()
    assert (last_callback(app)["StatusCallbackEvent"], last_callback(app)["Muted"]) == (
        "participant-mute",
        "true",
    )
    assert [participant.call_sid for participant in conference.participants.list(muted=True)] == [ann.sid]
    conference.participants(ann.sid).update(muted=True)
    twilio.settle()
    assert [visit.params["StatusCallbackEvent"] for visit in app.visits[-2:]] == [
        "conference-start",
        "participant-mute",
    ]
    ann.press("1")
    bob.press("2")
    assert conference.participants(ann.sid).update(muted="perhaps").muted is False  # type: ignore[arg-type]
    twilio.settle()
    assert last_callback(app)["StatusCallbackEvent"] == "participant-unmute"
    ann.press("3")
    assert (heard(ann)[-1], heard(bob)[1:]) == ("dtmf(2)", ["dtmf(3)"])


def test_a_participant_on_hold_hears_the_hold_url_only(
    twilio: Emulator, app: ScriptedApp, client: Client
) -> None:
    ann, bob = join_two(twilio, app)
    app.on("/hold", '<Say>Hold</Say><Pause length="60"/>')
    participant = conference_named(client).participants(ann.sid)
    assert participant.update(hold=True, hold_url=app.url("/hold")).hold is True
    twilio.advance(5)
    bob.press("1")
    ann.press("2")
    assert (heard(ann)[-2:], heard(bob)) == (["say(Hold)", "silence(60)"], [f"bridge({ann.sid})"])
    assert (app.visit("/hold").method, last_callback(app)["StatusCallbackEvent"]) == (
        "GET",
        "participant-hold",
    )
    assert participant.update(hold=False).hold is False
    twilio.advance(100)
    bob.press("3")
    assert (heard(ann)[-1], last_callback(app)["StatusCallbackEvent"]) == ("dtmf(3)", "participant-unhold")
    participant.update(hold=True)
    cat = join(twilio, app)
    assert heard(ann)[-1] == "music"
    participant.update(hold=False)
    assert heard(ann)[-3:] == ["music", f"bridge({bob.sid})", f"bridge({cat.sid})"]


def test_a_failing_hold_url_is_silence(twilio: Emulator, app: ScriptedApp, client: Client) -> None:
    ann, _ = join_two(twilio, app)
    app.on("/hold", Answer(status=500))
    conference_named(client).participants(ann.sid).update(hold=True, hold_url=app.url("/hold"))
    twilio.advance(60)
    assert (warning_codes(ann), ann.status) == ([11200], "in-progress")


def test_the_wait_url_is_changed_while_waiting(twilio: Emulator, app: ScriptedApp, client: Client) -> None:
    ann = join(twilio, app)
    app.on("/wait", "<Say>Soon</Say>")
    participant = conference_named(client).participants(ann.sid)
    participant.update(wait_url=app.url("/wait"), wait_method="GET")
    twilio.advance(5)
    participant.update(wait_url="")
    twilio.advance(5)
    assert (heard(ann), app.visit("/wait").method) == (["music", "say(Soon)"], "GET")


def test_exit_behavior_and_coaching_are_changed(twilio: Emulator, app: ScriptedApp, client: Client) -> None:
    ann, bob = join_two(twilio, app, 'participantLabel="bob.1 x"')
    conference = conference_named(client)
    changed = conference.participants("bob.1 x").update(end_conference_on_exit=True, beep_on_exit=True)
    twilio.settle()
    assert (changed.call_sid, changed.end_conference_on_exit) == (bob.sid, True)
    assert last_callback(app)["StatusCallbackEvent"] == "participant-modify"
    assert conference.participants(ann.sid).update(coaching=True, call_sid_to_coach=bob.sid).coaching is True
    assert [participant.call_sid for participant in conference.participants.list(coaching=True)] == [ann.sid]
    twilio.settle()
    assert last_callback(app)["CallSidToCoach"] == bob.sid
    bob.hangup()
    ann.hears("Out")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"coaching": True, "call_sid_to_coach": "CA" + "0" * 32}, 16028),
        ({"coaching": True}, 16028),
        ({"hold": True, "hold_url": "nonsense"}, 21205),
        ({"announce_url": "/relative"}, 21205),
        ({"announce_url": "http://x/", "announce_method": "PUT"}, 21209),
    ],
)
def test_an_invalid_participant_update_changes_nothing(
    twilio: Emulator, app: ScriptedApp, client: Client, changes: dict[str, Any], code: int
) -> None:
    ann, _ = join_two(twilio, app)
    with pytest.raises(TwilioRestException) as error:
        conference_named(client).participants(ann.sid).update(muted=True, **changes)
    assert status_and_code(error) == (400, code)
    assert conference_named(client).participants(ann.sid).fetch().muted is False


def test_a_participant_on_hold_cannot_be_coached(twilio: Emulator, app: ScriptedApp, client: Client) -> None:
    ann, bob = join_two(twilio, app)
    conference = conference_named(client)
    conference.participants(bob.sid).update(hold=True)
    with pytest.raises(TwilioRestException) as error:
        conference.participants(ann.sid).update(coaching=True, call_sid_to_coach=bob.sid)
    assert status_and_code(error) == (400, 16027)


@pytest.mark.parametrize(
    ("attributes", "reason"),
    [("", None), ('endConferenceOnExit="true"', "participant-with-end-conference-on-exit-kicked")],
)
def test_a_deleted_participant_leaves_the_conference(
    twilio: Emulator, app: ScriptedApp, client: Client, attributes: str, reason: str | None
) -> None:
    ann, bob = join_two(twilio, app, attributes)
    conference = conference_named(client)
    assert conference.participants(bob.sid).delete()
    bob.hears("Out")
    assert conference.fetch().reason_conference_ended == reason
    assert ann.status == "in-progress"
    if reason is None:
        assert conference.participants(ann.sid).delete()
        assert conference.fetch().reason_conference_ended == "last-participant-kicked"


def test_a_created_participant_is_dialed_and_joins(
    twilio: Emulator, app: ScriptedApp, client: Client
) -> None:
    phone = join(twilio, app)
    sid = conference_named(client).fetch().sid
    participant = client.conferences(str(sid)).participants.create(
        from_=NUMBER,
        to=ANN,
        label="ann",
        end_conference_on_exit=True,
        beep="false",
        status_callback=app.url("/leg"),
        status_callback_event=["answered", "completed"],
    )
    assert (participant.status, participant.conference_sid, participant.label) == ("queued", sid, "ann")
    twilio.advance(1)
    assert client.conferences(str(sid)).participants("ann").fetch().status == "ringing"
    twilio.advance(1)
    ann = twilio.phone(str(participant.call_sid))
    assert (heard(ann), heard(phone)) == ([f"bridge({phone.sid})"], ["music", f"bridge({ann.sid})"])
    assert client.calls(ann.sid).fetch().parent_call_sid is None
    ann.hangup()
    phone.hears("Out")
    twilio.settle()
    assert [visit.params["CallStatus"] for visit in app.visits if visit.path == "/leg"] == [
        "in-progress",
        "completed",
    ]


def test_a_created_participant_opens_a_conference_by_name(
    twilio: Emulator, app: ScriptedApp, client: Client
) -> None:
    app.on("/wait", "<Say>Soon</Say>")
    participant = client.conferences("a & b").participants.create(
        from_=NUMBER,
        to=ANN,
        wait_url=app.url("/wait"),
        conference_status_callback=app.url("/events"),
        conference_status_callback_event=["join", "leave", "end"],
    )
    twilio.advance(5)
    conference = conference_named(client, "a & b")
    assert (conference.fetch().status, conference.fetch().sid) == ("init", participant.conference_sid)
    assert heard(twilio.phone(str(participant.call_sid))) == ["say(Soon)"]
    conference.participants(participant.call_sid).delete()
    twilio.settle()
    assert client.calls(str(participant.call_sid)).fetch().status == "completed"
    events = [visit.params["StatusCallbackEvent"] for visit in app.visits if visit.path == "/events"]
    assert events == ["participant-join", "participant-leave", "conference-end"]


@pytest.mark.parametrize("behaviour", ["busy", "no-answer", "failed"])
def test_an_unanswered_participant_is_reported_as_add_failed(
    twilio: Emulator, app: ScriptedApp, client: Client, behaviour: str
) -> None:
    twilio.people(ANN, behaviour)
    ann = join(twilio, app, f'statusCallback="/events" statusCallbackEvent="{ALL}"')
    conference = conference_named(client)
    conference.participants.create(from_=NUMBER, to=ANN, timeout=20)
    twilio.advance(20)
    assert last_callback(app)["ReasonParticipantLeft"] == "participant_add_failed"
    assert last_callback(app)["ParticipantCallStatus"] == behaviour
    assert [participant.call_sid for participant in conference.participants.list()] == [ann.sid]


def test_removing_a_ringing_participant_cancels_the_call(
    twilio: Emulator, app: ScriptedApp, client: Client
) -> None:
    join(twilio, app)
    conference = conference_named(client)
    first, second = (conference.participants.create(from_=NUMBER, to=ANN) for _ in range(2))
    twilio.advance(1)
    with pytest.raises(TwilioRestException) as error:
        conference.participants(first.call_sid).update(hold=True)
    assert status_and_code(error) == (400, 16099)
    assert conference.participants(first.call_sid).delete()
    conference.update(status="completed")
    statuses = [client.calls(str(participant.call_sid)).fetch().status for participant in (first, second)]
    assert statuses == ["canceled", "canceled"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"to": ""}, 21201),
        ({"from_": "+14155550199"}, 21210),
        ({"label": "a/b"}, 16024),
        ({"label": "bob"}, 16026),
        ({"max_participants": 1}, 20001),
        ({"max_participants": 251}, 20001),
        ({"from_": ""}, 21213),
        ({"timeout": "soon"}, 21208),
        ({"timeout": 4}, 21208),
        ({"label": "a" * 129}, 16024),
        ({"label": "CA" + "0" * 32}, 16024),
        ({"from_": "client:ann"}, 21212),
        ({"beep": "loud"}, 20001),
        ({"coaching": True}, 16028),
        ({"coaching": True, "call_sid_to_coach": "CA" + "0" * 32}, 16028),
        ({"wait_url": "nonsense"}, 21205),
        ({"conference_status_callback": "http://under_score/"}, 21609),
    ],
)
def test_an_invalid_participant_is_refused(
    twilio: Emulator, app: ScriptedApp, client: Client, changes: dict[str, Any], code: int
) -> None:
    join(twilio, app, 'participantLabel="bob"')
    with pytest.raises(TwilioRestException) as error:
        conference_named(client).participants.create(**({"from_": NUMBER, "to": ANN} | changes))
    assert status_and_code(error) == (400, code)
    assert len(conference_named(client).participants.list()) == 1


def test_a_full_conference_refuses_participants(twilio: Emulator, app: ScriptedApp, client: Client) -> None:
    join(twilio, app)
    conference = conference_named(client)
    conference.participants.create(from_=NUMBER, to=ANN)
    with pytest.raises(TwilioRestException) as error:
        conference.participants.create(from_=NUMBER, to=ANN, max_participants=2)
    assert status_and_code(error) == (400, 16020)


def test_a_completed_or_unknown_conference_refuses_participants(
    twilio: Emulator, app: ScriptedApp, client: Client
) -> None:
    join(twilio, app)
    conference = conference_named(client)
    conference.update(status="completed")
    for gone in (conference, client.conferences("CF" + "0" * 32)):
        with pytest.raises(TwilioRestException) as error:
            gone.participants.create(from_=NUMBER, to=ANN)
        assert status_and_code(error) == (400, 16022)


@pytest.mark.parametrize("path", ["", "/Participants", f"/Participants/CA{'0' * 32}", "/Recordings"])
def test_resources_of_an_unknown_conference_are_not_found(
    twilio: Emulator, emulator_url: str, path: str
) -> None:
    status, body = rest_request(f"{emulator_url}{BASE}/Conferences/CF{'0' * 32}{path}.json")
    assert (status, body["code"]) == (404, 20404)


def test_a_conference_recording_is_paused_resumed_stopped_and_deleted(
    twilio: Emulator, app: ScriptedApp, client: Client
) -> None:
    phones = join(twilio, app, 'record="record-from-start"'), join(twilio, app)
    conference = conference_named(client)
    twilio.advance(10)
    assert (
        conference.recordings("Twilio.CURRENT").update(status="paused", pause_behavior="skip").status
        == "paused"
    )
    twilio.advance(10)
    conference.recordings("Twilio.CURRENT").update(status="in-progress")
    twilio.advance(5)
    [recording] = conference.recordings.list()
    day = recording.date_created.date()
    assert (
        len(conference.recordings.list(date_created=day)),
        conference.recordings.list(date_created_before=day),
    ) == (
        1,
        [],
    )
    listed = [client.recordings.list(conference_sid=sid) for sid in (recording.conference_sid, "CF0")]
    assert [len(found) for found in listed] == [1, 0]
    assert (recording.source, recording.status) == ("Conference", "in-progress")
    assert recording.uri == f"{BASE}/Conferences/{recording.conference_sid}/Recordings/{recording.sid}.json"
    assert conference.recordings(recording.sid).update(status="stopped").status == "stopped"
    for phone in phones:
        phone.hangup()
    assert conference.recordings(recording.sid).fetch().duration == "15"
    with pytest.raises(TwilioRestException) as error:
        conference.recordings(recording.sid).update(status="paused")
    assert status_and_code(error) == (400, 21220)
    assert conference.recordings(recording.sid).delete()
    assert conference.recordings.list() == []


def test_conferences_and_participants_are_available_as_xml(
    twilio: Emulator, app: ScriptedApp, client: Client, emulator_url: str
) -> None:
    ann, _ = join_two(twilio, app, 'participantLabel="b.1"')
    sid = conference_named(client).fetch().sid
    assert xml_request(emulator_url, f"Conferences/{sid}").findtext("Conference/Status") == "in-progress"
    participant = xml_request(emulator_url, f"Conferences/{sid}/Participants/{ann.sid}", "Muted=true")
    assert (participant.findtext("Participant/Muted"), participant.findtext("Participant/Label")) == (
        "true",
        "",
    )
    participants = xml_request(emulator_url, f"Conferences/{sid}/Participants?Muted=false")
    assert participants.findtext("Participants/Participant/Label") == "b.1"
    assert (
        xml_request(emulator_url, f"Conferences/{sid}/Participants/b.1").findtext("Participant/Label")
        == "b.1"
    )
