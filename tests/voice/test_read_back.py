"""Commands that nobody came by for end too, after a minute; those that a webhook may still settle are left alone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from freezegun import freeze_time

from midcall_emulator.client import Emulator
from midcall_emulator.server import Background
from midcall_emulator.settings import Settings
from tests.support.clients import NUMBER, settings
from voice import build_services
from voice.config import load
from voice.control.confirmation import CALL_UNKNOWN, NO_RESULT, Confirmer
from voice.events import now


@pytest.fixture(scope="module")
def emulator():
    with Background(Settings(port=0)) as url:
        yield Emulator(url)


@pytest.fixture
def known(database_url, tmp_path, emulator, app):
    """The services of an app whose Twilio is the emulator."""
    config = settings(
        DATABASE_URL=database_url, SPOOL_DIR=str(tmp_path / "spool"), TWILIO_API_URL=emulator.base_url
    )
    services = build_services(load(config, dotenv=None))
    yield services
    services.registry.close()


def dialled(services):
    """The CallSid of somebody who listens to silence."""
    twiml = "<Response><Pause length='600'/></Response>"
    return services.twilio.calls.create(to="+14155550123", from_=NUMBER, twiml=twiml)["sid"]


def accepted(services, call_sid, proof):
    record = services.registry.commands.request("redirect", {}, "ann", call_sid, None, "", proof).record
    return services.registry.commands.settle(record, "accepted", final=False)


def after(services, seconds, record):
    with freeze_time(now() + timedelta(seconds=seconds), ignore=["concurrent"]):
        Confirmer(services).read_back()
    return services.registry.commands.get(record.id)


def test_a_visit_that_never_comes_is_told_after_a_minute_and_not_before(known):
    record = accepted(known, dialled(known), "visit")
    assert after(known, 59, record).state == "accepted"
    late = after(known, 62, record)
    assert (late.state, late.message) == ("unconfirmed", NO_RESULT)
    assert late.finished_at is not None


def test_a_call_that_ended_unnoticed_settles_its_commands(known, emulator):
    phone = emulator.phone(dialled(known)).waits_for(status="in-progress")
    visit, end = accepted(known, phone.sid, "visit"), accepted(known, phone.sid, "end")
    phone.hangup()
    after(known, 62, visit)
    assert known.registry.commands.get(visit.id).state == "unconfirmed"
    assert known.registry.commands.get(end.id).finished_at is not None
    assert not known.registry.calls.get(phone.sid).live


def test_a_call_that_twilio_has_forgotten(known):
    record = accepted(known, "CA" + "0" * 32, "none")
    assert (after(known, 5, record).state, after(known, 5, record).message) == ("unconfirmed", CALL_UNKNOWN)


def test_what_is_under_way_or_done_is_left_alone(known):
    call_sid = dialled(known)
    asked = known.registry.commands.request("twiml", {}, "ann", call_sid, None, "", "none").record
    done = known.registry.commands.settle(accepted(known, call_sid, "none"), "confirmed")
    assert after(known, 5, asked).state == "requested"
    assert after(known, 5, done).message is None


def test_a_time_limit_that_lies_behind_would_end_the_call_and_is_refused(twilio, admin):
    call_sid = twilio.calls()
    twilio.scene(call_sid, "menu")
    with freeze_time(now() + timedelta(seconds=100)):
        answer = admin.post(f"/calls/{call_sid}/time_limit", {"seconds": 60})
    assert (answer.status_code, answer.json["error"]["code"]) == (409, "call_not_in_progress")
    assert answer.json["error"]["message"].startswith("The call has lasted 100 seconds already")
    for seconds in (0, 86_401):
        assert admin.post(f"/calls/{call_sid}/time_limit", {"seconds": seconds}).status_code == 422
