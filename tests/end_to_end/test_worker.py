"""The worker settles commands without an outcome and reports calls that Twilio does not know."""

from __future__ import annotations

from datetime import timedelta

import pytest
from freezegun import freeze_time

from voice import build_services
from voice.config import load
from voice.events import now
from voice.registry.command_states import NO_ANSWER
from voice.worker.duties.unsettled_commands import STILL_LIVE
from voice.worker.loop import Worker


@pytest.fixture
def worker(stack):
    """A worker in the process of the test, beside the worker of the stack."""
    services = build_services(load(stack.environment, dotenv=None))
    yield Worker(services)
    services.close()


def run_into_reset(stack, phone, command, **arguments):
    """Run a command whose connection breaks before Twilio does anything."""
    stack.twilio.faults([{"on": "rest", "match": {"method": "POST", "path": "/Calls/"}, "do": "reset"}])
    record = stack.admin.post(f"/calls/{phone.sid}/{command}", arguments).json()["command"]
    assert (record["state"], record["finished_at"]) == ("unconfirmed", None)


@pytest.mark.parametrize(
    ("command", "arguments", "state", "message"),
    [("end", {}, "refused", STILL_LIVE), ("redirect", {"scene": "goodbye"}, "unconfirmed", NO_ANSWER)],
)
def test_a_command_that_twilio_did_not_run_is_settled(stack, worker, command, arguments, state, message):
    phone = stack.dial()
    run_into_reset(stack, phone, command, **arguments)
    worker.tick()
    assert stack.admin.story(phone)["commands"][0]["finished_at"] is None
    with freeze_time(now() + timedelta(seconds=13), ignore=["gevent"]):
        worker.tick()
    settled = stack.admin.story(phone)["commands"][0]
    assert (settled["state"], settled["message"]) == (state, message)
    assert settled["finished_at"] is not None
    assert phone.status == "in-progress"


def test_a_call_that_twilio_does_not_know_is_reported_once_and_ends(stack, worker):
    phone = stack.dial()
    match = {"method": "GET", "path": phone.sid}
    stack.twilio.faults([{"on": "rest", "match": match, "times": -1, "do": "status", "value": 404}])
    for seconds in (100, 200):
        with freeze_time(now() + timedelta(seconds=seconds), ignore=["gevent"]):
            worker.duties["quiet_calls"].run()
    story = stack.admin.story(phone)
    assert [event["kind"] for event in story["events"]].count("sweep.unknown") == 1
    assert not story["call"]["live"]
