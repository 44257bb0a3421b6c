"""Bulk runs end to end: a killed worker, 429s from Twilio, and callers who hang up."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.clients import NUMBER
from tests.support.stack import Stack

CALLS = {"method": "POST", "path": "/Calls/"}


def callers(stack: Stack, count: int) -> list[Any]:
    """Callers in a pause of one hour: the menu would hang up on them while a busy machine prepares the run."""
    phones = [stack.twilio.dial(NUMBER) for _ in range(count)]
    for phone in phones:
        phone.hears("press 1", timeout=30)
        stack.admin.command(phone, "twiml", twiml="<Response><Pause length='3600'/></Response>")
    return phones


def preview(stack: Stack, phones: list[Any], command: str = "redirect", **arguments: Any) -> dict[str, Any]:
    """Preview a command for these calls; the answer."""
    arguments = arguments or ({"scene": "goodbye"} if command == "redirect" else {})
    select = {"call_sids": [phone.sid for phone in phones]}
    answer = stack.admin.post("/bulk/preview", {"command": command, "arguments": arguments, "select": select})
    assert answer.status_code == 200, answer.text
    return answer.json()


def start_run(stack: Stack, chosen: dict[str, Any]) -> str:
    """Start the run of a preview; the id of the run."""
    answer = stack.admin.post("/bulk", {"token": chosen["token"]})
    assert answer.status_code == 201, answer.text
    return answer.json()["run"]["id"]


def run_of(stack: Stack, run_id: str) -> dict[str, Any]:
    """The run as it is now."""
    return stack.admin.get(f"/bulk/{run_id}").json()["run"]


def wait_for_end(stack: Stack, run_id: str, patience: int = 60) -> dict[str, Any]:
    """Wait for the run to end with no call left; the feed says when to look."""
    with stack.admin.lines() as lines:
        for _ in range(patience * 20):
            run = run_of(stack, run_id)
            if run["state"] in ("done", "cancelled") and not run["progress"]["left"]:
                return run
            next(lines)
    raise AssertionError(run)


def times_moved(stack: Stack, phone: Any) -> int:
    """How often Twilio requested the scene that the run redirects to."""
    return sum("/voice/scenes/goodbye" in request["url"] for request in phone.requests)


def test_a_run_moves_every_call_once_and_reports_it(stack):
    phones = callers(stack, 6)
    run = wait_for_end(stack, start_run(stack, preview(stack, phones)))
    assert (run["state"], run["progress"]["done"]) == ("done", 6)
    for phone in phones:
        stack.admin.wait_for(phone, lambda story: story["commands"][-1]["state"] == "confirmed")
    assert [times_moved(stack, phone) for phone in phones] == [1] * 6


def test_429s_slow_a_run_down_and_no_call_is_lost(stack):
    phones = callers(stack, 5)
    stack.twilio.faults([{"on": "rest", "match": CALLS, "times": 8, "do": "status", "value": 429}])
    run = wait_for_end(stack, start_run(stack, preview(stack, phones, "end")))
    assert run["progress"]["done"] == 5
    assert [phone.status for phone in phones] == ["completed"] * 5


@pytest.fixture
def slow_worker(stack: Stack) -> Iterator[None]:
    """Instead of the worker, one that sends two requests at once."""
    normal = stack.environment
    stack.environment = {**normal, "BULK_AT_ONCE": "2"}
    stack.restart_worker()
    yield
    stack.environment = normal
    stack.restart_worker()


@pytest.mark.slow
@pytest.mark.usefixtures("slow_worker")
def test_a_run_survives_a_killed_worker_and_changes_no_call_twice(stack):
    """Two requests may be on their way when the worker is killed. They are not sent again; all others are sent once."""
    phones = callers(stack, 8)
    stack.twilio.faults([{"on": "rest", "match": CALLS, "times": -1, "do": "delay", "value": 2}])
    run_id = start_run(stack, preview(stack, phones))
    stack.wait_until(lambda: any(len(stack.admin.story(phone)["commands"]) > 1 for phone in phones))
    stack.stop("worker", signal.SIGKILL)
    stack.twilio.faults([])
    stack.start_worker()
    run = wait_for_end(stack, run_id)
    lost = [phone for phone in phones if stack.admin.story(phone)["commands"][-1]["state"] == "unconfirmed"]
    assert len(lost) <= 2
    assert (run["state"], run["progress"]["done"], run["progress"]["unconfirmed"]) == (
        "done",
        8 - len(lost),
        len(lost),
    )
    assert [times_moved(stack, phone) for phone in phones if phone not in lost] == [1] * (8 - len(lost))
    assert [phone for phone in lost if times_moved(stack, phone) > 1] == []


def test_callers_who_hang_up_before_the_start_are_reported_as_ended(stack):
    gone, stays = callers(stack, 2)
    found = preview(stack, [gone, stays])
    gone.hangup()
    stack.admin.wait_for(gone, lambda story: not story["call"]["live"])
    run = wait_for_end(stack, start_run(stack, found))
    assert (run["progress"]["already_ended"], run["progress"]["done"]) == (1, 1)


def test_a_canceled_run_does_not_change_pending_calls(stack):
    phones = callers(stack, 4)
    body = {"token": preview(stack, phones)["token"], "after_seconds": 3600}
    run_id = stack.admin.post("/bulk", body).json()["run"]["id"]
    assert stack.admin.post(f"/bulk/{run_id}/cancel").status_code == 200
    assert wait_for_end(stack, run_id)["progress"]["cancelled"] == 4
    assert [times_moved(stack, phone) for phone in phones] == [0] * 4
