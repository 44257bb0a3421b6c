"""A worker process that is really stopped between the record of a request and the request, until another takes over."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event
from typing import Any

import pytest
from flask import Flask

from tests.support.clients import settings
from tests.support.fixtures import app_on
from tests.support.imports import ROOT
from tests.support.twilio_calls import TwilioCalls, twilio_calls
from voice.bulk.worker import BulkWorker
from voice.plans.due import DuePlans
from voice.registry import CommandRecord
from voice.registry.command_claims import LEASE_SECONDS
from voice.registry.command_states import NO_ANSWER
from voice.services import Services
from voice.worker.duties.unsettled_commands import UnsettledCommandsDuty

PATIENCE_SECONDS = 60


@pytest.fixture
def account() -> Iterator[tuple[TwilioCalls, str]]:
    with twilio_calls() as account:
        yield account


@pytest.fixture
def given(database_url, account, tmp_path) -> dict[str, str]:
    """The settings of both processes."""
    return {"DATABASE_URL": database_url, "SPOOL_DIR": str(tmp_path / "spool"), "TWILIO_API_URL": account[1]}


@pytest.fixture
def app(given) -> Iterator[Flask]:
    more = {name: value for name, value in given.items() if name == "TWILIO_API_URL"}
    with app_on(given["DATABASE_URL"], given["SPOOL_DIR"], **more) as app:
        yield app


@contextmanager
def stopped_worker(given: dict[str, str], work: str) -> Iterator[subprocess.Popen[bytes]]:
    """A worker process that has stopped before its request to Twilio."""
    environment = {**os.environ, **settings(**given)}
    command = [sys.executable, "-m", "tests.support.stopped_process", work]
    with subprocess.Popen(command, cwd=ROOT, env=environment) as worker:
        try:
            _, status = os.waitpid(worker.pid, os.WUNTRACED)
            assert os.WIFSTOPPED(status), "the worker asked Twilio nothing"
            yield worker
        finally:
            worker.kill()


def take_over(services: Services, call_sid: str) -> CommandRecord:
    """Work as another worker does, until the leases of the stopped one have ended; its command as it is then."""
    commands, until = services.registry.commands, time.monotonic() + LEASE_SECONDS + PATIENCE_SECONDS
    while commands.of_call(call_sid)[0].state == "requested" and time.monotonic() < until:
        UnsettledCommandsDuty(services, Event()).run()
        DuePlans(services).run()
        BulkWorker(services).run_due()
        time.sleep(0.5)
    return commands.of_call(call_sid)[0]


def start_work(admin: Any, call_sid: str, work: str) -> None:
    """A plan that is due, or a bulk run, which redirects the call."""
    if work == "plan":
        planned = admin.post(f"/calls/{call_sid}/redirect", {"scene": "menu", "after_seconds": 0})
        assert planned.status_code == 202, planned.text
        return
    body = {"command": "redirect", "arguments": {"scene": "menu"}, "select": {}}
    token = admin.post("/bulk/preview", body).json["token"]
    assert admin.post("/bulk", {"token": token}).status_code == 201


@pytest.mark.slow
@pytest.mark.parametrize(
    ("work", "database_url"), [("plan", "postgresql"), ("bulk", "sqlite")], indirect=["database_url"]
)
def test_a_worker_that_was_stopped_until_another_took_over_does_not_reach_twilio(
    services, twilio, admin, account, given, work
):
    call_sid, at_twilio = twilio.calls(), account[0]
    twilio.status(call_sid, "in-progress")
    start_work(admin, call_sid, work)
    with stopped_worker(given, work) as worker:
        (sent,) = services.registry.commands.of_call(call_sid)
        assert (sent.state, at_twilio.requested) == ("requested", [])
        settled = take_over(services, call_sid)
        assert (settled.state, settled.message) == ("unconfirmed", NO_ANSWER)
        os.kill(worker.pid, signal.SIGCONT)
        assert worker.wait(PATIENCE_SECONDS) == 0
    assert at_twilio.requested == []
    assert [one.id for one in services.registry.commands.of_call(call_sid)] == [settled.id]
