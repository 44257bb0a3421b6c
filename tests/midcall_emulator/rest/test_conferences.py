"""The REST side of conferences and their participants, through Twilio's own SDK."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from midcall_emulator.client import Emulator, Phone
from midcall_emulator.settings import ACCOUNT
from tests.midcall_emulator.rest.test_calls import raw
from tests.midcall_emulator.rest.test_formats import ask
from tests.support.listening import codes, heard
from tests.support.scripted_app import Line, ScriptedApp

NUMBER = "+14155550100"
ANN = "+15005550006"
BASE = f"/2010-04-01/Accounts/{ACCOUNT}"
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


def enters(twilio: Emulator, app: ScriptedApp, attributes: str = "", name: str = "room") -> Phone:
    app.on("/start", f'<Dial><Conference beep="false" {attributes}>{name}</Conference></Dial><Say>Out</Say>')
    phone = twilio.dial(NUMBER)
    twilio.settle()
    return phone


def two(twilio: Emulator, app: ScriptedApp, attributes: str = "") -> tuple[Phone, Phone]:
    callback = f'statusCallback="/room" statusCallbackEvent="{ALL}"'
    return enters(twilio, app, callback), enters(twilio, app, attributes)


def room_of(client: Client, name: str = "room") -> Any:
    [found] = client.conferences.list(friendly_name=name)
    return client.conferences(str(found.sid))


def last(app: ScriptedApp) -> dict[str, str]:
    return app.visit("/room").params


def code_of(error: Any) -> tuple[int, int]:
    return error.value.status, error.value.code


def test_listed_and_fetched(twilio: Emulator, app: ScriptedApp, client: Client, emulator_url: str) -> None:
    ann, bob = two(twilio, app)
    enters(twilio, app, name="other")
    assert [room.friendly_name for room in client.conferences.list()] == ["other", "room"]
    assert [room.friendly_name for room in client.conferences.list(status="in-progress")] == ["room"]
    assert [room.friendly_name for room in client.conferences.list(status="init")] == ["other"]
    tomorrow = datetime.now(UTC).date() + timedelta(days=2)
    assert client.conferences.list(date_created_after=tomorrow) == []
    assert len(client.conferences.list(date_updated_before=tomorrow, page_size=1)) == 2
    sid = room_of(client).fetch().sid
    status, body = raw(f"{emulator_url}{BASE}/Conferences/{sid}.json")
    assert (status, body.keys(), body["region"]) == (200, CONFERENCE, "us1")
    assert body["subresource_uris"]["participants"] == f"{BASE}/Conferences/{sid}/Participants.json"
    listed = room_of(client).participants.list(page_size=1)
    assert [seat.call_sid for seat in listed] == [bob.sid, ann.sid]
    status, body = raw(f"{emulator_url}{BASE}/Conferences/{sid}/Participants/{ann.sid}.json")
    assert (status, body.keys()) == (200, PARTICIPANT)
    assert (body["status"], body["muted"], body["label"]) == ("connected", False, None)
    assert body["uri"] == f"{BASE}/Conferences/{sid}/Participants/{ann.sid}.json"


@pytest.mark.parametrize("status", ["init", "in-progress"])
def test_what_it_is_before_its_start(twilio: Emulator, app: ScriptedApp, client: Client, status: Any) -> None:
    twilio.switches(conference_waiting_status=status)
    enters(twilio, app)
    assert room_of(client).fetch().status == status
    assert len(client.conferences.list(status=status)) == 1


def test_ended_for_everybody(twilio: Emulator, app: ScriptedApp, client: Client) -> None:
    ann, bob = two(twilio, app)
    room = room_of(client)
    ended = room.update(status="completed")
    assert (ended.status, ended.reason_conference_ended) == ("completed", "conference-ended-via-api")
    twilio.settle()
    assert (heard(ann)[-1], heard(bob)[-1]) == ("say(Out)", "say(Out)")
    assert last(app)["ReasonConferenceEnded"] == "conference-ended-via-api"
    assert app.visit("/room", -2).params["ReasonParticipantLeft"] == "conference_ended_via_api"
    assert room.participants.list() == []
    assert room.update(status="completed").status == "completed"
    with pytest.raises(TwilioRestException) as error:
        room.participants(ann.sid).fetch()
    assert code_of(error) == (404, 20404)


def test_an_announcement_to_all(twilio: Emulator, app: ScriptedApp, client: Client) -> None:
    ann, bob = two(twilio, app)
    app.on("/news", "<Say>Dear all</Say><Redirect>/more</Redirect>")
    app.on("/more", "<Play>/m.mp3</Play>")
    room_of(client).update(announce_url=app.url("/news"))
    twilio.advance(30)
    for phone in (ann, bob):
        assert heard(phone)[-2:] == ["say(Dear all)", "play(/m.mp3)"]
    assert app.visit("/news").method == "POST"
    assert (last(app)["StatusCallbackEvent"], last(app)["AnnounceUrl"]) == (
        "announcement-end",
        app.url("/news"),
    )
    assert "CallSid" not in last(app)


def test_an_announcement_that_fails(twilio: Emulator, app: ScriptedApp, client: Client) -> None:
    ann, _ = two(twilio, app)
    app.on("/news", "<Hangup/>")
    room_of(client).participants(ann.sid).update(announce_url=app.url("/news"), announce_method="GET")
    twilio.settle()
    assert (last(app)["StatusCallbackEvent"], last(app)["CallSid"]) == ("announcement-fail", ann.sid)
    assert "Hangup" in last(app)["ReasonAnnouncementFailed"]
    assert (app.visit("/news").method, codes(ann), ann.status) == ("GET", [13238], "in-progress")


def test_an_announcement_to_one(twilio: Emulator, app: ScriptedApp, client: Client) -> None:
    ann, bob = two(twilio, app)
    app.on("/news", "<Say>You are the first</Say>")
    room_of(client).participants(ann.sid).update(announce_url=app.url("/news"))
    twilio.advance(10)
    assert heard(ann)[-1] == "say(You are the first)"
    assert heard(bob) == [f"bridge({ann.sid})"]


def test_no_announcement_before_the_start(twilio: Emulator, app: ScriptedApp, client: Client) -> None:
    enters(twilio, app)
    with pytest.raises(TwilioRestException) as error:
        room_of(client).update(announce_url=app.url("/news"))
    assert code_of(error) == (400, 16099)


def test_muted_and_not(twilio: Emulator, app: ScriptedApp, client: Client) -> None:
    ann, bob = two(twilio, app)
    room = room_of(client)
    assert room.participants(ann.sid).update(muted=True).muted is True
    twilio.settle()
    assert (last(app)["StatusCallbackEvent"], last(app)["Muted"]) == ("participant-mute", "true")
    assert [seat.call_sid for seat in room.participants.list(muted=True)] == [ann.sid]
    room.participants(ann.sid).update(muted=True)
    twilio.settle()
    assert [visit.params["StatusCallbackEvent"] for visit in app.visits[-2:]] == [
        "conference-start",
        "participant-mute",
    ]
    ann.press("1")
    bob.press("2")
    assert room.participants(ann.sid).update(muted="perhaps").muted is False  # type: ignore[arg-type]
    twilio.settle()
    assert last(app)["StatusCallbackEvent"] == "participant-unmute"
    ann.press("3")
    assert (heard(ann)[-1], heard(bob)[1:]) == ("dtmf(2)", ["dtmf(3)"])


def test_on_hold_and_back(twilio: Emulator, app: ScriptedApp, client: Client) -> None:
    ann, bob = two(twilio, app)
    app.on("/hold", '<Say>Hold</Say><Pause length="60"/>')
    seat = room_of(client).participants(ann.sid)
    assert seat.update(hold=True, hold_url=app.url("/hold")).hold is True
    twilio.advance(5)
    bob.press("1")
    ann.press("2")
    assert (heard(ann)[-2:], heard(bob)) == (["say(Hold)", "silence(60)"], [f"bridge({ann.sid})"])
    assert (app.visit("/hold").method, last(app)["StatusCallbackEvent"]) == ("GET", "participant-hold")
    assert seat.update(hold=False).hold is False
    twilio.advance(100)
    bob.press("3")
    assert (heard(ann)[-1], last(app)["StatusCallbackEvent"]) == ("dtmf(3)", "participant-unhold")
    seat.update(hold=True)
    cat = enters(twilio, app)
    assert heard(ann)[-1] == "music"
    seat.update(hold=False)
    assert heard(ann)[-3:] == ["music", f"bridge({bob.sid})", f"bridge({cat.sid})"]


def test_hold_music_that_fails_leaves_silence(twilio: Emulator, app: ScriptedApp, client: Client) -> None:
    ann, _ = two(twilio, app)
    app.on("/hold", Line(status=500))
    room_of(client).participants(ann.sid).update(hold=True, hold_url=app.url("/hold"))
    twilio.advance(60)
    assert (codes(ann), ann.status) == ([11200], "in-progress")


def test_other_music_while_waiting(twilio: Emulator, app: ScriptedApp, client: Client) -> None:
    ann = enters(twilio, app)
    app.on("/wait", "<Say>Soon</Say>")
    seat = room_of(client).participants(ann.sid)
    seat.update(wait_url=app.url("/wait"), wait_method="GET")
    twilio.advance(5)
    seat.update(wait_url="")
    twilio.advance(5)
    assert (heard(ann), app.visit("/wait").method) == (["music", "say(Soon)"], "GET")


def test_modified(twilio: Emulator, app: ScriptedApp, client: Client) -> None:
    ann, bob = two(twilio, app, 'participantLabel="bob.1 x"')
    room = room_of(client)
    changed = room.participants("bob.1 x").update(end_conference_on_exit=True, beep_on_exit=True)
    twilio.settle()
    assert (changed.call_sid, changed.end_conference_on_exit) == (bob.sid, True)
    assert last(app)["StatusCallbackEvent"] == "participant-modify"
    assert room.participants(ann.sid).update(coaching=True, call_sid_to_coach=bob.sid).coaching is True
    assert [seat.call_sid for seat in room.participants.list(coaching=True)] == [ann.sid]
    twilio.settle()
    assert last(app)["CallSidToCoach"] == bob.sid
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
def test_changes_that_are_refused_change_nothing(
    twilio: Emulator, app: ScriptedApp, client: Client, changes: dict[str, Any], code: int
) -> None:
    ann, _ = two(twilio, app)
    with pytest.raises(TwilioRestException) as error:
        room_of(client).participants(ann.sid).update(muted=True, **changes)
    assert code_of(error) == (400, code)
    assert room_of(client).participants(ann.sid).fetch().muted is False


def test_a_pupil_on_hold_cannot_be_coached(twilio: Emulator, app: ScriptedApp, client: Client) -> None:
    ann, bob = two(twilio, app)
    room = room_of(client)
    room.participants(bob.sid).update(hold=True)
    with pytest.raises(TwilioRestException) as error:
        room.participants(ann.sid).update(coaching=True, call_sid_to_coach=bob.sid)
    assert code_of(error) == (400, 16027)


@pytest.mark.parametrize(
    ("attributes", "reason"),
    [("", None), ('endConferenceOnExit="true"', "participant-with-end-conference-on-exit-kicked")],
)
def test_kicked(
    twilio: Emulator, app: ScriptedApp, client: Client, attributes: str, reason: str | None
) -> None:
    ann, bob = two(twilio, app, attributes)
    room = room_of(client)
    assert room.participants(bob.sid).delete()
    bob.hears("Out")
    assert room.fetch().reason_conference_ended == reason
    assert ann.status == "in-progress"
    if reason is None:
        assert room.participants(ann.sid).delete()
        assert room.fetch().reason_conference_ended == "last-participant-kicked"


def test_somebody_is_dialled_in(twilio: Emulator, app: ScriptedApp, client: Client) -> None:
    phone = enters(twilio, app)
    sid = room_of(client).fetch().sid
    seat = client.conferences(str(sid)).participants.create(
        from_=NUMBER,
        to=ANN,
        label="ann",
        end_conference_on_exit=True,
        beep="false",
        status_callback=app.url("/leg"),
        status_callback_event=["answered", "completed"],
    )
    assert (seat.status, seat.conference_sid, seat.label) == ("queued", sid, "ann")
    twilio.advance(1)
    assert client.conferences(str(sid)).participants("ann").fetch().status == "ringing"
    twilio.advance(1)
    ann = twilio.phone(str(seat.call_sid))
    assert (heard(ann), heard(phone)) == ([f"bridge({phone.sid})"], ["music", f"bridge({ann.sid})"])
    assert client.calls(ann.sid).fetch().parent_call_sid is None
    ann.hangup()
    phone.hears("Out")
    twilio.settle()
    assert [visit.params["CallStatus"] for visit in app.visits if visit.path == "/leg"] == [
        "in-progress",
        "completed",
    ]


def test_a_participant_opens_a_conference_by_name(twilio: Emulator, app: ScriptedApp, client: Client) -> None:
    app.on("/wait", "<Say>Soon</Say>")
    seat = client.conferences("a & b").participants.create(
        from_=NUMBER,
        to=ANN,
        wait_url=app.url("/wait"),
        conference_status_callback=app.url("/room"),
        conference_status_callback_event=["join", "leave", "end"],
    )
    twilio.advance(5)
    room = room_of(client, "a & b")
    assert (room.fetch().status, room.fetch().sid) == ("init", seat.conference_sid)
    assert heard(twilio.phone(str(seat.call_sid))) == ["say(Soon)"]
    room.participants(seat.call_sid).delete()
    twilio.settle()
    assert client.calls(str(seat.call_sid)).fetch().status == "completed"
    told = [visit.params["StatusCallbackEvent"] for visit in app.visits if visit.path == "/room"]
    assert told == ["participant-join", "participant-leave", "conference-end"]


@pytest.mark.parametrize("behaviour", ["busy", "no-answer", "failed"])
def test_a_participant_who_does_not_come(
    twilio: Emulator, app: ScriptedApp, client: Client, behaviour: str
) -> None:
    twilio.people(ANN, behaviour)
    ann = enters(twilio, app, f'statusCallback="/room" statusCallbackEvent="{ALL}"')
    room = room_of(client)
    room.participants.create(from_=NUMBER, to=ANN, timeout=20)
    twilio.advance(20)
    assert last(app)["ReasonParticipantLeft"] == "participant_add_failed"
    assert last(app)["ParticipantCallStatus"] == behaviour
    assert [seat.call_sid for seat in room.participants.list()] == [ann.sid]


def test_removed_while_it_rings(twilio: Emulator, app: ScriptedApp, client: Client) -> None:
    enters(twilio, app)
    room = room_of(client)
    first, second = (room.participants.create(from_=NUMBER, to=ANN) for _ in range(2))
    twilio.advance(1)
    with pytest.raises(TwilioRestException) as error:
        room.participants(first.call_sid).update(hold=True)
    assert code_of(error) == (400, 16099)
    assert room.participants(first.call_sid).delete()
    room.update(status="completed")
    statuses = [client.calls(str(seat.call_sid)).fetch().status for seat in (first, second)]
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
def test_who_cannot_be_added(
    twilio: Emulator, app: ScriptedApp, client: Client, changes: dict[str, Any], code: int
) -> None:
    enters(twilio, app, 'participantLabel="bob"')
    with pytest.raises(TwilioRestException) as error:
        room_of(client).participants.create(**({"from_": NUMBER, "to": ANN} | changes))
    assert code_of(error) == (400, code)
    assert len(room_of(client).participants.list()) == 1


def test_nobody_is_added_to_what_is_full(twilio: Emulator, app: ScriptedApp, client: Client) -> None:
    enters(twilio, app)
    room = room_of(client)
    room.participants.create(from_=NUMBER, to=ANN)
    with pytest.raises(TwilioRestException) as error:
        room.participants.create(from_=NUMBER, to=ANN, max_participants=2)
    assert code_of(error) == (400, 16020)


def test_nobody_is_added_to_what_is_over(twilio: Emulator, app: ScriptedApp, client: Client) -> None:
    enters(twilio, app)
    room = room_of(client)
    room.update(status="completed")
    for gone in (room, client.conferences("CF" + "0" * 32)):
        with pytest.raises(TwilioRestException) as error:
            gone.participants.create(from_=NUMBER, to=ANN)
        assert code_of(error) == (400, 16022)


@pytest.mark.parametrize("path", ["", "/Participants", f"/Participants/CA{'0' * 32}", "/Recordings"])
def test_unknown(twilio: Emulator, emulator_url: str, path: str) -> None:
    status, body = raw(f"{emulator_url}{BASE}/Conferences/CF{'0' * 32}{path}.json")
    assert (status, body["code"]) == (404, 20404)


def test_its_recording(twilio: Emulator, app: ScriptedApp, client: Client) -> None:
    two_phones = enters(twilio, app, 'record="record-from-start"'), enters(twilio, app)
    room = room_of(client)
    twilio.advance(10)
    assert room.recordings("Twilio.CURRENT").update(status="paused", pause_behavior="skip").status == "paused"
    twilio.advance(10)
    room.recordings("Twilio.CURRENT").update(status="in-progress")
    twilio.advance(5)
    [recording] = room.recordings.list()
    day = recording.date_created.date()
    assert (len(room.recordings.list(date_created=day)), room.recordings.list(date_created_before=day)) == (
        1,
        [],
    )
    listed = [client.recordings.list(conference_sid=sid) for sid in (recording.conference_sid, "CF0")]
    assert [len(found) for found in listed] == [1, 0]
    assert (recording.source, recording.status) == ("Conference", "in-progress")
    assert recording.uri == f"{BASE}/Conferences/{recording.conference_sid}/Recordings/{recording.sid}.json"
    assert room.recordings(recording.sid).update(status="stopped").status == "stopped"
    for phone in two_phones:
        phone.hangup()
    assert room.recordings(recording.sid).fetch().duration == "15"
    with pytest.raises(TwilioRestException) as error:
        room.recordings(recording.sid).update(status="paused")
    assert code_of(error) == (400, 21220)
    assert room.recordings(recording.sid).delete()
    assert room.recordings.list() == []


def test_in_xml(twilio: Emulator, app: ScriptedApp, client: Client, emulator_url: str) -> None:
    ann, _ = two(twilio, app, 'participantLabel="b.1"')
    sid = room_of(client).fetch().sid
    assert ask(emulator_url, f"Conferences/{sid}").findtext("Conference/Status") == "in-progress"
    seat = ask(emulator_url, f"Conferences/{sid}/Participants/{ann.sid}", "Muted=true")
    assert (seat.findtext("Participant/Muted"), seat.findtext("Participant/Label")) == ("true", "")
    seats = ask(emulator_url, f"Conferences/{sid}/Participants?Muted=false")
    assert seats.findtext("Participants/Participant/Label") == "b.1"
    assert ask(emulator_url, f"Conferences/{sid}/Participants/b.1").findtext("Participant/Label") == "b.1"
