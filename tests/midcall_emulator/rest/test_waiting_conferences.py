"""Conferences that have not started: REST hides their participants."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from midcall_emulator.client import Emulator
from tests.support.call_log import heard
from tests.support.conference_calls import conference_named, join_quietly
from tests.support.rest_requests import status_and_code
from tests.support.scripted_app import ScriptedApp

NUMBER = "+14155550100"
ANN = "+15005550006"
REQUESTS: list[Callable[[Any, str], Any]] = [
    lambda conference, sid: conference.participants(sid).fetch(),
    lambda conference, sid: conference.participants(sid).update(muted=True),
    lambda conference, sid: conference.participants(sid).delete(),
    lambda conference, sid: conference.participants.create(from_=NUMBER, to=ANN),
]


@pytest.mark.parametrize("request_one", REQUESTS, ids=["fetch", "update", "delete", "create"])
def test_participants_of_a_waiting_conference_are_refused(
    twilio: Emulator, app: ScriptedApp, client: Client, request_one: Callable[[Any, str], Any]
) -> None:
    twilio.switches(waiting_participants="hidden")
    phone = join_quietly(twilio, app)
    conference = conference_named(client)
    with pytest.raises(TwilioRestException) as error:
        request_one(conference, phone.sid)
    assert status_and_code(error) == (400, 16001)
    assert (conference.participants.list(), conference.fetch().status) == ([], "init")
    assert (phone.status, heard(phone)) == ("in-progress", ["music"])


def test_a_participant_is_added_by_name_before_the_start(
    twilio: Emulator, app: ScriptedApp, client: Client
) -> None:
    twilio.switches(waiting_participants="hidden")
    phone = join_quietly(twilio, app)
    added = client.conferences("sales").participants.create(
        from_=NUMBER, to=ANN, early_media=False, beep="false"
    )
    twilio.advance(1)
    conference = conference_named(client)
    assert (conference.participants.list(), conference.fetch().status) == ([], "init")
    twilio.advance(2)
    listed = [participant.call_sid for participant in conference.participants.list()]
    assert (listed, conference.fetch().status) == ([added.call_sid, phone.sid], "in-progress")


def test_a_switch_shows_the_participants(twilio: Emulator, app: ScriptedApp, client: Client) -> None:
    twilio.switches(waiting_participants="shown")
    phone = join_quietly(twilio, app)
    conference = conference_named(client)
    assert [participant.call_sid for participant in conference.participants.list()] == [phone.sid]
    assert conference.participants.create(from_=NUMBER, to=ANN).status == "queued"
