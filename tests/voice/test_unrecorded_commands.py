"""The database fails while Twilio is asked: the operator is told what happened, and it is recorded later."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.engine import make_url
from tests.support.cut_line import Relay

from midcall_emulator.client import Emulator
from midcall_emulator.server import Background
from midcall_emulator.settings import Settings
from tests.support.clients import ADMIN_TOKEN, NUMBER, Operator, Twilio, settings
from tests.support.twilio_line import TwilioLine
from voice import create_app
from voice.commands.redirect import Redirect
from voice.registry import CommandRecord
from voice.registry.command_outcomes import EXECUTED, NOT_RECORDED
from voice.registry.command_states import NO_ANSWER
from voice.registry.engine import database
from voice.services import Services
from voice.worker.duties.unsettled_commands import UnsettledCommandsDuty

SILENCE = "<Response><Pause length='600'/></Response>"
GREETING = {"scene": "greeting"}


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    with Background(Settings(port=0)) as url:
        yield Emulator(url)


@pytest.fixture
def twilio_line(emulator: Emulator) -> Iterator[TwilioLine]:
    """The app's way to Twilio."""
    line = TwilioLine(emulator.base_url)
    yield line
    line.close()


@dataclass
class Outage:
    """The database of the app: `begin` makes it fail, `end` brings it back."""

    url: str
    begin: Callable[[], None]
    end: Callable[[], None]


@pytest.fixture
def outage(database_url: str) -> Iterator[Outage]:
    """The database, with a way to make it fail: PostgreSQL cannot be reached, or SQLite is locked."""
    url = make_url(database_url)
    if url.get_backend_name() == "sqlite":
        other = sqlite3.connect(url.database or "", isolation_level=None, check_same_thread=False)
        yield Outage(
            database_url,
            lambda: other.in_transaction or other.execute("BEGIN IMMEDIATE"),
            lambda: other.in_transaction and other.execute("COMMIT"),
        )
        other.close()
        return
    relay = Relay(url.port or 0)
    yield Outage(url.set(port=int(relay.url.rpartition(":")[2])).render_as_string(), relay.cut, relay.mend)
    relay.close()


@pytest.fixture
def app(
    outage: Outage, tmp_path, twilio_line: TwilioLine, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Flask]:
    monkeypatch.setattr(database, "PATIENCE_SECONDS", 0.2)
    given = settings(
        DATABASE_URL=outage.url, SPOOL_DIR=str(tmp_path / "spool"), TWILIO_API_URL=twilio_line.url
    )
    app = create_app(given, dotenv=None)
    yield app
    outage.end()
    recorded_later(app.extensions["midcall"])
    app.extensions["midcall"].registry.close()


@pytest.fixture
def call_sid(services: Services, twilio: Twilio) -> str:
    """A live call, which the app and Twilio know."""
    created = services.twilio.calls.create(to="+14155550123", from_=NUMBER, twiml=SILENCE)
    twilio.calls(created["sid"])
    twilio.status(created["sid"], "in-progress")
    return created["sid"]


def recorded_later(services: Services) -> None:
    """Wait until a process has drained the spool."""
    drained = threading.Event()
    while services.recorder.spool.waiting:
        services.recorder.drain_soon()
        drained.wait(0.02)


def commands_of(services: Services, call_sid: str) -> list[CommandRecord]:
    return services.registry.commands.of_call(call_sid)


def test_an_executed_command_is_told_with_its_id_and_recorded_later(
    admin, services, call_sid, twilio_line, outage
):
    twilio_line.executed = outage.begin
    answer = admin.post(f"/calls/{call_sid}/redirect", GREETING)
    assert (answer.status_code, answer.json["state"], answer.json["message"]) == (200, "accepted", EXECUTED)
    outage.end()
    recorded_later(services)
    [command] = commands_of(services, call_sid)
    assert (command.id, command.state, command.message) == (answer.json["id"], "accepted", None)
    assert len([path for path in twilio_line.changes if call_sid in path]) == 1


def test_an_executed_end_settles_command_and_call_later(admin, services, call_sid, twilio_line, outage):
    twilio_line.executed = outage.begin
    answer = admin.post(f"/calls/{call_sid}/end")
    assert (answer.status_code, answer.json["message"]) == (200, EXECUTED)
    outage.end()
    recorded_later(services)
    [command] = commands_of(services, call_sid)
    assert (command.id, command.state) == (answer.json["id"], "confirmed")
    assert services.registry.calls.get(call_sid).status == "completed"


def test_a_dialed_call_is_told_with_its_sid_and_recorded_later(admin, services, twilio_line, outage):
    twilio_line.executed = outage.begin
    answer = admin.post("/calls", {"to": "+14155550123", "from": NUMBER, "twiml": SILENCE})
    assert (answer.status_code, answer.json["command"]["message"]) == (201, EXECUTED)
    outage.end()
    recorded_later(services)
    [command] = commands_of(services, answer.json["call_sid"])
    assert (command.id, command.state) == (answer.json["command"]["id"], "accepted")
    assert services.registry.calls.get(answer.json["call_sid"]).to == "+14155550123"


def test_a_refusal_of_twilio_is_told_and_recorded_later(
    admin, emulator, services, call_sid, twilio_line, outage
):
    emulator.faults([{"on": "rest", "match": {"method": "POST"}, "do": "status", "value": 401}])
    twilio_line.executed = outage.begin
    answer = admin.post(f"/calls/{call_sid}/redirect", GREETING)
    assert (answer.status_code, answer.json["error"]["code"]) == (502, "twilio_refused")
    assert NOT_RECORDED in answer.json["command"]["message"]
    outage.end()
    recorded_later(services)
    [command] = commands_of(services, call_sid)
    assert (command.state, command.twilio_code) == ("refused", 20003)


def test_a_command_that_waits_when_the_database_fails_is_not_sent(
    app, services, call_sid, twilio_line, outage
):
    """The first command of the call is executed. The second one waits for it and then never reaches Twilio."""
    answers: list[Any] = []

    def fail_once_the_second_waits() -> None:
        twilio_line.executed = lambda: None
        thread.start()
        while len(commands_of(services, call_sid)) < 2:
            pass
        outage.begin()

    def send_second() -> None:
        answers.append(Operator(app.test_client(), ADMIN_TOKEN).post(f"/calls/{call_sid}/end"))

    thread = threading.Thread(target=send_second)
    twilio_line.executed = fail_once_the_second_waits
    first = Operator(app.test_client(), ADMIN_TOKEN).post(f"/calls/{call_sid}/redirect", GREETING)
    assert (first.status_code, first.json["message"]) == (200, EXECUTED)
    if not outage.url.startswith("sqlite"):  # a locked file can still be read
        thread.join()
        assert (answers[0].status_code, answers[0].json["error"]["code"]) == (503, "not_sent")
        assert answers[0].json["command"]["state"] == "refused"
    outage.end()
    thread.join()
    recorded_later(services)


def test_a_bug_while_a_command_runs_leaves_the_outcome_open(admin, services, call_sid, monkeypatch):
    def execute(*_: object) -> None:
        raise ZeroDivisionError("a secret of the inside")

    monkeypatch.setattr(Redirect, "execute", execute)
    answer = admin.post(f"/calls/{call_sid}/redirect", GREETING)
    assert (answer.status_code, answer.json["error"]["code"]) == (500, "outcome_unknown")
    [command] = commands_of(services, call_sid)
    assert (command.id, command.state) == (answer.json["command"]["id"], "unconfirmed")
    assert "secret" not in answer.text


@contextmanager
def worker_of_another_host(services: Services, record: CommandRecord) -> Iterator[None]:
    """A worker that cannot see the spool of this host has settled the command."""
    services.registry.commands.settle(record, "unconfirmed", NO_ANSWER, source="worker")
    yield


def test_the_spooled_answer_replaces_the_assumption_that_there_was_none(
    admin, services, call_sid, twilio_line, outage
):
    twilio_line.executed = outage.begin
    answer = admin.post(f"/calls/{call_sid}/redirect", GREETING)
    spool = services.recorder.spool
    with spool._locked("draining.lock"):  # the database is back, but this spool is not drained yet
        outage.end()
        [record] = commands_of(services, call_sid)
        assert record.state == "requested"
        UnsettledCommandsDuty(services, threading.Event()).run()
        assert commands_of(services, call_sid)[0].state == "requested"
        services.registry.commands.settle(record, "unconfirmed", NO_ANSWER, source="worker")
    recorded_later(services)
    [command] = commands_of(services, call_sid)
    assert (command.id, command.state, command.finished_at) == (answer.json["id"], "accepted", None)
