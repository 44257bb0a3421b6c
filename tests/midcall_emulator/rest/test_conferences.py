"""The REST API of conferences: list, fetch, end, announce, record."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from midcall_emulator.client import Emulator
from tests.support.call_log import heard
from tests.support.conference_calls import conference_named, join_quietly, join_two, last_callback
from tests.support.rest_requests import BASE, rest_request, status_and_code, xml_request
from tests.support.scripted_app import ScriptedApp

CONFERENCE = {
    "sid", "account_sid", "friendly_name", "region", "status", "api_version", "date_created", "date_updated",
    "reason_conference_ended", "call_sid_ending_conference", "uri", "subresource_uris",
}  # fmt: skip
PARTICIPANT = {
    "account_sid", "call_sid", "label", "call_sid_to_coach", "coaching", "conference_sid", "date_created",
    "date_updated", "end_conference_on_exit", "muted", "hold", "start_conference_on_enter", "status",
    "queue_time", "uri",
}  # fmt: skip


def test_conferences_and_participants_are_listed_and_fetched(
    twilio: Emulator, app: ScriptedApp, client: Client, emulator_url: str
) -> None:
    ann, bob = join_two(twilio, app)
    join_quietly(twilio, app, name="other")
    assert [conference.friendly_name for conference in client.conferences.list()] == ["sales"]
    assert [conference.friendly_name for conference in client.conferences.list(status="in-progress")] == [
        "sales"
    ]
    assert [conference.friendly_name for conference in client.conferences.list(status="init")] == ["other"]
    tomorrow = datetime.now(UTC).date() + timedelta(days=2)
    assert client.conferences.list(date_created_after=tomorrow) == []
    assert len(client.conferences.list(date_updated_before=tomorrow, page_size=1)) == 1
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
    join_quietly(twilio, app)
    assert conference_named(client).fetch().status == status
    assert len(client.conferences.list(status=status)) == 1


def test_completing_a_conference_removes_every_participant(
    twilio: Emulator, app: ScriptedApp, client: Client
) -> None:
    twilio.switches(rest_end_of_conference="continue")
    ann, bob = join_two(twilio, app)
    conference = conference_named(client)
    ended = conference.update(status="completed")
    assert (ended.status, ended.reason_conference_ended) == ("completed", "conference-ended-via-api")
    twilio.settle()
    assert (heard(ann)[-1], heard(bob)[-1]) == ("say(Out)", "say(Out)")
    assert last_callback(app)["ReasonConferenceEnded"] == "conference-ended-via-api"
    assert app.visit("/conference", -2).params["ReasonParticipantLeft"] == "conference_ended_via_api"
    assert conference.participants.list() == []
    assert conference.update(status="completed").status == "completed"
    with pytest.raises(TwilioRestException) as error:
        conference.participants(ann.sid).fetch()
    assert status_and_code(error) == (404, 20404)


def test_completing_a_conference_hangs_up_on_every_participant(
    twilio: Emulator, app: ScriptedApp, client: Client
) -> None:
    twilio.switches(rest_end_of_conference="hang-up")
    ann, bob = join_two(twilio, app)
    conference_named(client).update(status="completed")
    twilio.settle()
    assert (ann.status, bob.status) == ("completed", "completed")
    assert "say(Out)" not in heard(ann) + heard(bob)
    assert last_callback(app)["ReasonConferenceEnded"] == "conference-ended-via-api"


@pytest.mark.parametrize(("listed", "names"), [("in-progress", ["sales"]), ("all", ["other", "sales"])])
def test_a_list_without_a_status_has_the_conferences_in_progress(
    twilio: Emulator, app: ScriptedApp, client: Client, listed: str, names: list[str]
) -> None:
    twilio.switches(conferences_listed=listed)
    join_two(twilio, app)
    join_quietly(twilio, app, name="other")
    assert [conference.friendly_name for conference in client.conferences.list()] == names


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


def test_an_announcement_before_the_start_is_refused(
    twilio: Emulator, app: ScriptedApp, client: Client
) -> None:
    join_quietly(twilio, app)
    with pytest.raises(TwilioRestException) as error:
        conference_named(client).update(announce_url=app.url("/news"))
    assert status_and_code(error) == (400, 16099)


@pytest.mark.parametrize("path", ["", "/Participants", f"/Participants/CA{'0' * 32}", "/Recordings"])
def test_resources_of_an_unknown_conference_are_not_found(
    twilio: Emulator, emulator_url: str, path: str
) -> None:
    status, body = rest_request(f"{emulator_url}{BASE}/Conferences/CF{'0' * 32}{path}.json")
    assert (status, body["code"]) == (404, 20404)


def test_a_conference_recording_is_paused_resumed_stopped_and_deleted(
    twilio: Emulator, app: ScriptedApp, client: Client
) -> None:
    phones = join_quietly(twilio, app, 'record="record-from-start"'), join_quietly(twilio, app)
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
