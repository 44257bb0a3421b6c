"""The REST API of participants: create."""

from __future__ import annotations

from typing import Any

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from midcall_emulator.client import Emulator
from tests.support.call_log import heard
from tests.support.conference_calls import conference_named, join_quietly, join_two, last_callback
from tests.support.rest_requests import status_and_code
from tests.support.scripted_app import ScriptedApp

NUMBER = "+14155550100"
ANN = "+15005550006"


def test_a_created_participant_is_dialed_and_joins(
    twilio: Emulator, app: ScriptedApp, client: Client
) -> None:
    phone = join_quietly(twilio, app)
    sid = conference_named(client).fetch().sid
    participant = client.conferences("sales").participants.create(
        from_=NUMBER,
        to=ANN,
        label="ann",
        early_media=False,
        end_conference_on_exit=True,
        beep="false",
        status_callback=app.url("/leg"),
        status_callback_event=["answered completed"],
    )
    assert (participant.status, participant.conference_sid, participant.label) == ("queued", sid, "ann")
    twilio.advance(1)
    assert conference_named(client).fetch().status == "init"
    twilio.advance(1)
    assert client.conferences(str(sid)).participants("ann").fetch().status == "connected"
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
        conference_status_callback=app.url("/conference"),
        conference_status_callback_event=["join leave end"],
    )
    twilio.advance(5)
    conference = conference_named(client, "a & b")
    assert (conference.fetch().status, conference.fetch().sid) == ("init", participant.conference_sid)
    assert heard(twilio.phone(str(participant.call_sid))) == ["say(Soon)"]
    twilio.phone(str(participant.call_sid)).hangup()
    twilio.settle()
    events = [visit.params["StatusCallbackEvent"] for visit in app.visits if visit.path == "/conference"]
    assert events == ["participant-join", "participant-leave", "conference-end"]


@pytest.mark.parametrize("behaviour", ["busy", "no-answer", "failed"])
def test_an_unanswered_participant_is_reported_as_add_failed(
    twilio: Emulator, app: ScriptedApp, client: Client, behaviour: str
) -> None:
    twilio.people(ANN, behaviour)
    ann, bob = join_two(twilio, app)
    conference = conference_named(client)
    conference.participants.create(from_=NUMBER, to=ANN, timeout=20)
    twilio.advance(25)
    assert last_callback(app)["ReasonParticipantLeft"] == "participant_add_failed"
    assert last_callback(app)["ParticipantCallStatus"] == behaviour
    assert [participant.call_sid for participant in conference.participants.list()] == [bob.sid, ann.sid]


def test_removing_a_ringing_participant_cancels_the_call(
    twilio: Emulator, app: ScriptedApp, client: Client
) -> None:
    join_two(twilio, app)
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
    join_two(twilio, app, 'participantLabel="bob"')
    with pytest.raises(TwilioRestException) as error:
        conference_named(client).participants.create(**({"from_": NUMBER, "to": ANN} | changes))
    assert status_and_code(error) == (400, code)
    assert len(conference_named(client).participants.list()) == 2


def test_a_full_conference_refuses_participants(twilio: Emulator, app: ScriptedApp, client: Client) -> None:
    join_two(twilio, app)
    conference = conference_named(client)
    with pytest.raises(TwilioRestException) as error:
        conference.participants.create(from_=NUMBER, to=ANN, max_participants=2)
    assert status_and_code(error) == (400, 16020)


def test_a_completed_or_unknown_conference_refuses_participants(
    twilio: Emulator, app: ScriptedApp, client: Client
) -> None:
    join_quietly(twilio, app)
    conference = conference_named(client)
    conference.update(status="completed")
    for gone in (conference, client.conferences("CF" + "0" * 32)):
        with pytest.raises(TwilioRestException) as error:
            gone.participants.create(from_=NUMBER, to=ANN)
        assert status_and_code(error) == (400, 16022)
