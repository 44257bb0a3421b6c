"""REST that lags behind: it shows conferences, participants and recordings as they were."""

from __future__ import annotations

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from midcall_emulator.client import Emulator
from tests.support.conference_calls import conference_named, join_two
from tests.support.emulator_calls import start_call
from tests.support.scripted_app import ScriptedApp

HOUR = 3_600_000


def test_a_new_conference_is_shown_later(twilio: Emulator, app: ScriptedApp, client: Client) -> None:
    join_two(twilio, app)
    sid = conference_named(client).fetch().sid
    twilio.switches(rest_lag_ms=HOUR)
    assert client.conferences.list() == []
    with pytest.raises(TwilioRestException, match="not found"):
        client.conferences(str(sid)).fetch()


def test_a_new_participant_is_shown_later(twilio: Emulator, app: ScriptedApp, client: Client) -> None:
    ann, bob = join_two(twilio, app)
    conference = conference_named(client)
    twilio.switches(rest_lag_ms=HOUR)
    with pytest.raises(TwilioRestException, match="not found"):
        conference.participants(ann.sid).fetch()
    twilio.switches(rest_lag_ms=0)
    assert [one.call_sid for one in conference.participants.list()] == [bob.sid, ann.sid]


def test_a_new_recording_is_shown_later(twilio: Emulator, app: ScriptedApp, client: Client) -> None:
    phone = start_call(twilio, app, "<Say>Hi</Say><Pause length='60'/>", 1)
    recording = client.calls(phone.sid).recordings.create()
    assert recording.status == "in-progress"
    twilio.switches(rest_lag_ms=HOUR)
    assert client.calls(phone.sid).recordings.list() == []
    with pytest.raises(TwilioRestException, match="not found"):
        client.calls(phone.sid).recordings(recording.sid).fetch()
