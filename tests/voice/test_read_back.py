"""The worker looks for evidence of commands that no webhook has settled. Silence confirms none."""

from __future__ import annotations

from datetime import timedelta

import pytest
from freezegun import freeze_time

from tests.support.clients import NUMBER, TOKEN, settings
from tests.support.scripted_app import ScriptedApp
from voice import build_services
from voice.commands.redirect import IN_THE_LOG
from voice.config import load
from voice.control.base import FIRST_CHECK_SECONDS
from voice.control.confirmation import (
    CALL_UNKNOWN,
    NO_RESULT,
    NOT_REQUESTED,
    Confirmer,
)
from voice.control.live_update import look_up
from voice.control.runner import Runner
from voice.events import now
from voice.registry.command_states import StateChange


@pytest.fixture
def services(database_url, tmp_path, emulator, app):
    """The services of an app whose Twilio is the emulator."""
    config = settings(
        DATABASE_URL=database_url, SPOOL_DIR=str(tmp_path / "spool"), TWILIO_API_URL=emulator.base_url
    )
    config["ALLOWED_REDIRECT_HOSTS"] = "127.0.0.1"
    services = build_services(load(config, dotenv=None))
    yield services
    services.close()
    emulator.reset()


def dial(services):
    """Dial a number that hears silence; the CallSid."""
    twiml = "<Response><Pause length='600'/></Response>"
    return services.twilio.calls.create(to="+14155550123", from_=NUMBER, twiml=twiml)["sid"]


def accept_command(services, call_sid, proof):
    """Record a command that Twilio has accepted."""
    record = services.registry.commands.request("redirect", {}, "ann", call_sid, None, "", proof).record
    check_after = FIRST_CHECK_SECONDS if proof == "none" else 60.0
    accepted = StateChange("accepted", final=False, check_after=check_after)
    return services.registry.commands.change(record.id, accepted)


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


def test_silence_never_confirms_a_command(services):
    record = accept_command(services, dial(services), "none")
    for seconds in (5, 30):
        assert read_back_after(services, seconds, record).finished_at is None
    late = read_back_after(services, 61, record)
    assert (late.state, late.finished_at is not None) == ("accepted", True)


def test_a_phone_that_rings_has_more_time(services, emulator):
    emulator.clock(mode="manual")
    emulator.people("+14155550123", "manual")
    phone = emulator.phone(dial(services))
    emulator.advance(5)
    record = accept_command(services, phone.sid, "visit")
    assert read_back_after(services, 62, record).state == "accepted"
    phone.answer()
    assert read_back_after(services, 124, record).state == "unconfirmed"


@pytest.fixture
def elsewhere(emulator):
    """A server of another app."""
    with ScriptedApp(TOKEN) as app:
        yield app


def redirect_elsewhere(services, emulator, url):
    """A call on a manual clock that was redirected to another host and has ended; the command."""
    emulator.clock(mode="manual")
    call_sid = dial(services)
    emulator.advance(60)
    record = Runner(services).run("redirect", {"url": url}, "ann", call_sid)
    assert (record.state, record.message, record.finished_at) == ("accepted", IN_THE_LOG, None)
    emulator.advance(1)
    emulator.phone(call_sid).hangup()
    emulator.advance(1)
    look_up(services, call_sid)
    return record


def after_end(services, seconds, record):
    """Read commands back so long after the end of the call, in a worker that has just started."""
    restarted = build_services(services.config)
    ended_at = restarted.registry.calls.get(record.call_sid).ended_at
    try:
        return read_back_after(restarted, (ended_at - now()).total_seconds() + seconds, record)
    finally:
        restarted.close()


def test_a_redirect_to_another_host_is_settled_from_twilios_log_after_the_call(services, emulator, elsewhere):
    emulator.switches(events_after_seconds=900.0)
    elsewhere.on("/twiml", "<Response><Pause length='60'/></Response>")
    record = redirect_elsewhere(services, emulator, elsewhere.url("/twiml"))
    assert after_end(services, 70, record).state == "accepted"
    emulator.advance(900)
    assert after_end(services, 890, record).state == "accepted"
    late = after_end(services, 902, record)
    assert (late.state, late.message) == (
        "confirmed",
        "Twilio's log of the call shows that the URL answered.",
    )


def test_a_redirect_that_twilios_log_does_not_show_is_reported_in_the_end(services, emulator, elsewhere):
    emulator.switches(redirect_delay_seconds=30.0)
    record = redirect_elsewhere(services, emulator, elsewhere.url("/twiml"))
    assert after_end(services, 70, record).state == "accepted"
    assert after_end(services, 902, record).state == "accepted"
    late = after_end(services, 1801, record)
    assert (late.state, late.message) == ("unconfirmed", NOT_REQUESTED)


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
    for seconds in (59, 14_401, 86_401):
        assert admin.post(f"/calls/{call_sid}/time_limit", {"seconds": seconds}).status_code == 422
