"""The stand-in: without a worker, a web process ends the calls of an emergency stop."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from freezegun import freeze_time

from midcall_emulator.client import Emulator
from tests.support.clients import CALLER, NUMBER
from tests.support.fixtures import app_on
from voice.events import now
from voice.services import Services
from voice.web.stand_in import StandIn

SILENCE = "<Response><Pause length='600'/></Response>"


@pytest.fixture
def app(database_url: str, tmp_path, emulator: Emulator) -> Iterator[Flask]:
    with app_on(database_url, tmp_path / "spool", TWILIO_API_URL=emulator.base_url) as app:
        yield app


@pytest.fixture
def call_sids(services: Services, twilio, emulator: Emulator) -> list[str]:
    """Three live calls."""
    made = [services.twilio.calls.create(to=CALLER, from_=NUMBER, twiml=SILENCE)["sid"] for _ in range(3)]
    for call_sid in made:
        emulator.phone(call_sid).waits_for(status="in-progress")
        twilio.status(call_sid, "in-progress", Direction="outbound-api")
    return made


def live(services: Services, call_sids: list[str]) -> set[str]:
    return {call.call_sid for call in services.registry.calls.get_many(call_sids).values() if call.live}


def test_without_a_worker_the_calls_of_a_stop_are_ended(admin, services, emulator, call_sids):
    answer = admin.post("/commands/emergency_stop").json
    assert answer["message"].endswith("3 live calls. No worker is running, so the web server ends them.")
    StandIn(services).run()
    assert live(services, call_sids) == set()
    assert {emulator.phone(call_sid).status for call_sid in call_sids} == {"completed"}


def test_calls_that_come_in_later_are_ended_as_well(admin, services, twilio, emulator, call_sids):
    admin.post("/commands/emergency_stop")
    StandIn(services).run()
    late = services.twilio.calls.create(to=CALLER, from_=NUMBER, twiml=SILENCE)["sid"]
    twilio.status(late, "ringing", Direction="outbound-api")
    with freeze_time(now() + timedelta(seconds=3), ignore=["gevent"]):
        StandIn(services).run()
    assert live(services, [late]) == set()


def test_while_a_worker_is_running_the_calls_are_left_to_it(admin, services, call_sids):
    services.registry.workers.beat("one", "a.example")
    answer = admin.post("/commands/emergency_stop").json
    assert answer["message"].endswith("3 live calls.")
    StandIn(services).run()
    assert live(services, call_sids) == set(call_sids)


def test_other_bulk_runs_are_left_to_a_worker(admin, services, call_sids):
    run = services.registry.bulk.preview("end", {}, None, "ann", call_sids[:1])
    services.registry.bulk.start(run.id, "ann")
    StandIn(services).run()
    assert services.registry.bulk.get(run.id).state == "queued"
    admin.post("/commands/emergency_stop")
    StandIn(services).run()
    assert services.registry.bulk.get(run.id).state == "queued"
