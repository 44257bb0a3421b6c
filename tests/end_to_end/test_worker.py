"""The worker's patience, with its clock turned: what shows nothing in time is told as such."""

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
    """A worker of the test's own, beside the one that runs; what it does is harmless when done twice."""
    services = build_services(load(stack.environment, dotenv=None))
    yield Worker(services)
    services.registry.close()


def unanswered(stack, phone, command, **arguments):
    """A command whose connection broke before Twilio did anything."""
    stack.twilio.faults([{"on": "rest", "match": {"method": "POST", "path": "/Calls/"}, "do": "reset"}])
    record = stack.admin.post(f"/calls/{phone.sid}/{command}", arguments).json()["command"]
    assert (record["state"], record["finished_at"]) == ("unconfirmed", None)


@pytest.mark.parametrize(
    ("command", "arguments", "state", "message"),
    [("end", {}, "refused", STILL_LIVE), ("redirect", {"scene": "goodbye"}, "unconfirmed", NO_ANSWER)],
)
def test_what_was_never_executed_is_settled(stack, worker, command, arguments, state, message):
    phone = stack.dial()
    unanswered(stack, phone, command, **arguments)
    worker.tick()
    assert stack.admin.story(phone)["commands"][0]["finished_at"] is None
    with freeze_time(now() + timedelta(seconds=13), ignore=["gevent"]):
        worker.tick()
    settled = stack.admin.story(phone)["commands"][0]
    assert (settled["state"], settled["message"]) == (state, message)
    assert settled["finished_at"] is not None
    assert phone.status == "in-progress"


def test_a_call_that_twilio_does_not_know_is_told_once_and_not_guessed_at(stack, worker):
    phone = stack.dial()
    stack.twilio.faults(
        [
            {
                "on": "rest",
                "match": {"method": "GET", "path": phone.sid},
                "times": -1,
                "do": "status",
                "value": 404,
            }
        ]
    )
    for seconds in (100, 200):
        with freeze_time(now() + timedelta(seconds=seconds), ignore=["gevent"]):
            worker.duties["quiet_calls"].run()
    story = stack.admin.story(phone)
    assert [event["kind"] for event in story["events"]].count("sweep.unknown") == 1
    assert story["call"]["live"]
