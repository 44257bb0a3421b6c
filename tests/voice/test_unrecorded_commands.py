"""The database fails while a command runs: the answer says what Twilio did, and the registry catches up later."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from freezegun import freeze_time
from sqlalchemy.engine import make_url

from midcall_emulator.client import Emulator
from tests.support.clients import ADMIN_TOKEN, NUMBER, Operator, Twilio, settings
from tests.support.network_link import NetworkLink
from tests.support.twilio_link import TwilioLink
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


@pytest.fixture
def twilio_link(emulator: Emulator) -> Iterator[TwilioLink]:
    """The app's way to Twilio."""
    line = TwilioLink(emulator.base_url)
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
    link = NetworkLink(url.port or 0)
    yield Outage(url.set(port=int(link.url.rpartition(":")[2])).render_as_string(), link.cut, link.restore)
    link.close()


@pytest.fixture
def app(
    outage: Outage, tmp_path, twilio_link: TwilioLink, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Flask]:
    monkeypatch.setattr(database, "PATIENCE_SECONDS", 0.2)
    given = settings(
        DATABASE_URL=outage.url, SPOOL_DIR=str(tmp_path / "spool"), TWILIO_API_URL=twilio_link.url
    )
    app = create_app(given, dotenv=None)
    yield app
    outage.end()
    wait_for_drain(app.extensions["midcall"])
    app.extensions["midcall"].close()


@pytest.fixture
def call_sid(services: Services, twilio: Twilio, emulator: Emulator) -> str:
    """A live call, which the app and Twilio know."""
    created = services.twilio.calls.create(to="+14155550123", from_=NUMBER, twiml=SILENCE)
    emulator.phone(created["sid"]).waits_for(status="in-progress")
    twilio.calls(created["sid"])
    twilio.status(created["sid"], "in-progress")
    return created["sid"]


def wait_for_drain(services: Services) -> None:
    """Wait until a process has drained the spool."""
    drained = threading.Event()
    while services.recorder.spool.waiting:
        services.recorder.drain_soon()
        drained.wait(0.02)


def commands_of(services: Services, call_sid: str) -> list[CommandRecord]:
    return services.registry.commands.of_call(call_sid)


def test_an_executed_command_is_answered_with_its_id_and_recorded_later(
    admin, services, call_sid, twilio_link, outage
):
    twilio_link.executed = outage.begin
    answer = admin.post(f"/calls/{call_sid}/redirect", GREETING)
    assert (answer.status_code, answer.json["state"], answer.json["message"]) == (200, "accepted", EXECUTED)
    outage.end()
    wait_for_drain(services)
    [command] = commands_of(services, call_sid)
    assert (command.id, command.state, command.message) == (answer.json["id"], "accepted", None)
    assert len([path for path in twilio_link.changes if call_sid in path]) == 1


def test_an_executed_end_settles_command_and_call_later(admin, services, call_sid, twilio_link, outage):
    twilio_link.executed = outage.begin
    answer = admin.post(f"/calls/{call_sid}/end")
    assert (answer.status_code, answer.json["message"]) == (200, EXECUTED)
    outage.end()
    wait_for_drain(services)
    [command] = commands_of(services, call_sid)
    assert (command.id, command.state) == (answer.json["id"], "confirmed")
    assert services.registry.calls.get(call_sid).status == "completed"


def test_a_dialed_call_is_answered_with_its_sid_and_recorded_later(admin, services, twilio_link, outage):
    twilio_link.executed = outage.begin
    answer = admin.post("/calls", {"to": "+14155550123", "from": NUMBER, "twiml": SILENCE})
    assert (answer.status_code, answer.json["command"]["message"]) == (201, EXECUTED)
    outage.end()
    wait_for_drain(services)
    [command] = commands_of(services, answer.json["call_sid"])
    assert (command.id, command.state) == (answer.json["command"]["id"], "accepted")
    assert services.registry.calls.get(answer.json["call_sid"]).to == "+14155550123"


def test_a_refusal_of_twilio_is_answered_and_recorded_later(
    admin, emulator, services, call_sid, twilio_link, outage
):
    emulator.faults([{"on": "rest", "match": {"method": "POST"}, "do": "status", "value": 401}])
    twilio_link.executed = outage.begin
    answer = admin.post(f"/calls/{call_sid}/redirect", GREETING)
    assert (answer.status_code, answer.json["error"]["code"]) == (502, "twilio_refused")
    assert NOT_RECORDED in answer.json["command"]["message"]
    outage.end()
    wait_for_drain(services)
    [command] = commands_of(services, call_sid)
    assert (command.state, command.twilio_code) == ("refused", 20003)


def test_a_command_that_waits_when_the_database_fails_is_not_sent(
    app, services, call_sid, twilio_link, outage
):
    """The first command of the call is executed. The second one waits for it and then never reaches Twilio."""
    answers: list[Any] = []

    def fail_once_the_second_waits() -> None:
        twilio_link.executed = lambda: None
        thread.start()
        while len(commands_of(services, call_sid)) < 2:
            pass
        outage.begin()

    def send_second() -> None:
        answers.append(Operator(app.test_client(), ADMIN_TOKEN).post(f"/calls/{call_sid}/end"))

    thread = threading.Thread(target=send_second)
    twilio_link.executed = fail_once_the_second_waits
    first = Operator(app.test_client(), ADMIN_TOKEN).post(f"/calls/{call_sid}/redirect", GREETING)
    assert (first.status_code, first.json["message"]) == (200, EXECUTED)
    if not outage.url.startswith("sqlite"):  # a locked file can still be read
        thread.join()
        assert (answers[0].status_code, answers[0].json["error"]["code"]) == (503, "not_sent")
        assert answers[0].json["command"]["state"] == "refused"
    outage.end()
    thread.join()
    wait_for_drain(services)


def test_a_bug_while_a_command_runs_leaves_the_outcome_open(admin, services, call_sid, monkeypatch):
    def execute(*_: object) -> None:
        raise ZeroDivisionError("an internal detail")

    monkeypatch.setattr(Redirect, "execute", execute)
    answer = admin.post(f"/calls/{call_sid}/redirect", GREETING)
    assert (answer.status_code, answer.json["error"]["code"]) == (500, "outcome_unknown")
    [command] = commands_of(services, call_sid)
    assert (command.id, command.state) == (answer.json["command"]["id"], "unconfirmed")
    assert "internal detail" not in answer.text


def test_the_spooled_answer_replaces_the_assumption_that_there_was_none(
    admin, services, call_sid, twilio_link, outage
):
    twilio_link.executed = outage.begin
    with services.recorder.spool._locked(
        "draining.lock"
    ):  # the database is back before this spool is drained
        answer = admin.post(f"/calls/{call_sid}/redirect", GREETING)
        outage.end()
        [record] = commands_of(services, call_sid)
        assert record.state == "requested"
        with freeze_time(record.requested_at + timedelta(minutes=5)):
            UnsettledCommandsDuty(services, threading.Event()).run()
        assert commands_of(services, call_sid)[0].state == "requested"
        services.registry.commands.settle(record, "unconfirmed", NO_ANSWER, source="worker")
    wait_for_drain(services)
    [command] = commands_of(services, call_sid)
    assert (command.id, command.state, command.finished_at) == (answer.json["id"], "accepted", None)
