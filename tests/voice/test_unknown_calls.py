"""A live call that Twilio does not know: the first request about it records its end."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from flask import Flask
from freezegun import freeze_time

from midcall_emulator.client import Emulator
from tests.support.clients import ADMIN_TOKEN, PUBLIC_URL, Operator, Twilio, settings
from tests.support.fixtures import app_on
from voice import create_app
from voice.calls import UNKNOWN_TO_TWILIO
from voice.events import NewEvent, now
from voice.services import Services
from voice.worker.duties.bulk_runs import BulkRunsDuty
from voice.worker.duties.quiet_calls import QuietCallsDuty
from voice.worker.duties.unsettled_commands import UnsettledCommandsDuty


@pytest.fixture
def app(sqlite_url: str, tmp_path, emulator: Emulator) -> Iterator[Flask]:
    with app_on(sqlite_url, tmp_path / "spool", TWILIO_API_URL=emulator.base_url) as app:
        yield app


@pytest.fixture
def call_sid(twilio: Twilio) -> str:
    """A call that has reached the app and is unknown to the emulator."""
    call_sid = twilio.calls()
    twilio.status(call_sid, "in-progress")
    return call_sid


def assert_ended(services: Services, call_sid: str) -> None:
    call = services.registry.calls.get(call_sid)
    assert (call.status, call.live) == ("failed", False)
    assert call.ended_at >= call.started_at
    kinds = [event.kind for event in services.registry.events.of_call(call_sid)]
    assert kinds.count("sweep.unknown") == 1


def test_end_is_confirmed_because_the_call_is_unknown(admin, services, call_sid):
    for _ in range(2):
        answer = admin.post(f"/calls/{call_sid}/end")
        assert (answer.status_code, answer.json["state"]) == (200, "confirmed")
    first, _ = services.registry.commands.of_call(call_sid)
    assert first.message == UNKNOWN_TO_TWILIO
    assert_ended(services, call_sid)


def test_every_other_command_is_refused_with_the_reason(admin, services, call_sid):
    answer = admin.post(f"/calls/{call_sid}/redirect", {"scene": "greeting"})
    assert (answer.status_code, answer.json["error"]["message"]) == (409, UNKNOWN_TO_TWILIO)
    assert answer.json["command"]["state"] == "refused"
    assert_ended(services, call_sid)


def test_a_bulk_run_counts_the_call_as_ended_already(services, call_sid):
    run = services.registry.bulk.preview("end", {}, None, "ann", [call_sid])
    services.registry.bulk.start(run.id, "ann")
    BulkRunsDuty(services, threading.Event()).run()
    assert services.registry.bulk.counts(run.id)["already_ended"] == 1
    assert_ended(services, call_sid)


def test_the_worker_ends_a_quiet_call(services, call_sid):
    with freeze_time(now() + timedelta(minutes=2)):
        QuietCallsDuty(services, threading.Event()).run()
    assert_ended(services, call_sid)


def test_a_call_that_an_older_release_reported_as_unknown_ends(services, call_sid):
    old = NewEvent("sweep.unknown", "twilio", call_sid, dedupe_key=f"sweep.unknown:{call_sid}")
    services.registry.events.record(old)
    with freeze_time(now() + timedelta(minutes=2)):
        QuietCallsDuty(services, threading.Event()).run()
    assert not services.registry.calls.get(call_sid).live


def test_the_worker_settles_a_command_of_the_call(services, call_sid):
    commands = services.registry.commands
    requested = commands.request("redirect", {}, "ann", call_sid, None, "", "visit").record
    with freeze_time(now() + timedelta(minutes=2)):
        UnsettledCommandsDuty(services, threading.Event()).run()
    assert commands.get(requested.id).finished_at is not None
    assert_ended(services, call_sid)


class OtherServer(BaseHTTPRequestHandler):
    """A web server that is not Twilio and knows no page."""

    def do_POST(self) -> None:
        self.send_error(404)

    do_GET = do_POST


def test_a_404_that_is_not_from_twilio_ends_no_call(sqlite_url, tmp_path):
    server = ThreadingHTTPServer(("127.0.0.1", 0), OtherServer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    other = f"http://127.0.0.1:{server.server_port}"
    app = create_app(
        settings(DATABASE_URL=sqlite_url, SPOOL_DIR=str(tmp_path), TWILIO_API_URL=other), dotenv=None
    )
    call_sid = Twilio(app.test_client(), PUBLIC_URL).calls()
    answer = Operator(app.test_client(), ADMIN_TOKEN).post(f"/calls/{call_sid}/end")
    server.shutdown()
    server.server_close()
    assert answer.status_code == 404
    assert app.extensions["midcall"].registry.calls.get(call_sid).live
    app.extensions["midcall"].close()


def test_a_call_in_neither_registry_nor_twilio_is_not_found(admin):
    assert admin.post(f"/calls/CA{'0' * 32}/end").status_code == 404
