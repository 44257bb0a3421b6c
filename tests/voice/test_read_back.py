"""Commands that no webhook confirms are settled after a minute; until then a webhook may still settle them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from freezegun import freeze_time

from tests.support.clients import NUMBER, settings
from voice import build_services
from voice.config import load
from voice.control.confirmation import CALL_UNKNOWN, NO_RESULT, Confirmer
from voice.events import now


@pytest.fixture
def services(database_url, tmp_path, emulator, app):
    """The services of an app whose Twilio is the emulator."""
    config = settings(
        DATABASE_URL=database_url, SPOOL_DIR=str(tmp_path / "spool"), TWILIO_API_URL=emulator.base_url
    )
    services = build_services(load(config, dotenv=None))
    yield services
    services.close()


def dial(services):
    """Dial a number that hears silence; the CallSid."""
    twiml = "<Response><Pause length='600'/></Response>"
    return services.twilio.calls.create(to="+14155550123", from_=NUMBER, twiml=twiml)["sid"]


def accept_command(services, call_sid, proof):
    """Record a command that Twilio has accepted."""
    record = services.registry.commands.request("redirect", {}, "ann", call_sid, None, "", proof).record
    return services.registry.commands.settle(record, "accepted", final=False)


def read_back_after(services, seconds, record):
    """Read commands back after a while; the command as it then is."""
    with freeze_time(now() + timedelta(seconds=seconds), ignore=["concurrent"]):
        Confirmer(services).read_back()
    return services.registry.commands.get(record.id)


def test_a_missing_visit_is_reported_after_a_minute_and_not_before(services):
    record = accept_command(services, dial(services), "visit")
    assert read_back_after(services, 59, record).state == "accepted"
    late = read_back_after(services, 62, record)
    assert (late.state, late.message) == ("unconfirmed", NO_RESULT)
    assert late.finished_at is not None


def test_an_end_that_no_webhook_reported_settles_the_commands_of_the_call(services, emulator):
    phone = emulator.phone(dial(services)).waits_for(status="in-progress")
    visit, end = accept_command(services, phone.sid, "visit"), accept_command(services, phone.sid, "end")
    phone.hangup()
    read_back_after(services, 62, visit)
    assert services.registry.commands.get(visit.id).state == "unconfirmed"
    assert services.registry.commands.get(end.id).state == "confirmed"
    assert not services.registry.calls.get(phone.sid).live


def test_a_call_that_twilio_does_not_know_leaves_the_command_unconfirmed(services):
    record = accept_command(services, "CA" + "0" * 32, "none")
    late = read_back_after(services, 5, record)
    assert (late.state, late.message) == ("unconfirmed", CALL_UNKNOWN)


def test_requested_and_finished_commands_are_not_read_back(services):
    call_sid = dial(services)
    requested = services.registry.commands.request("twiml", {}, "ann", call_sid, None, "", "none").record
    done = services.registry.commands.settle(accept_command(services, call_sid, "none"), "confirmed")
    assert read_back_after(services, 5, requested).state == "requested"
    assert read_back_after(services, 5, done).message is None


def test_a_time_limit_that_has_passed_is_refused(twilio, admin):
    call_sid = twilio.calls()
    twilio.scene(call_sid, "menu")
    with freeze_time(now() + timedelta(seconds=100)):
        answer = admin.post(f"/calls/{call_sid}/time_limit", {"seconds": 60})
    assert (answer.status_code, answer.json["error"]["code"]) == (409, "call_not_in_progress")
    assert answer.json["error"]["message"].startswith("The call has lasted 100 seconds already")
    for seconds in (0, 86_401):
        assert admin.post(f"/calls/{call_sid}/time_limit", {"seconds": seconds}).status_code == 422
