"""Many at once, with everything real: a worker that is killed, a Twilio that is busy, callers who hang up meanwhile."""

from __future__ import annotations

import signal
from typing import Any

from tests.support.clients import NUMBER
from tests.support.stack import Stack

CALLS = {"method": "POST", "path": "/Calls/"}


def dialled(stack: Stack, count: int) -> list[Any]:
    """So many callers in the menu."""
    phones = [stack.twilio.dial(NUMBER) for _ in range(count)]
    return [phone.hears("press 1", timeout=30) for phone in phones]


def previewed(stack: Stack, phones: list[Any], command: str = "redirect", **arguments: Any) -> dict[str, Any]:
    arguments = arguments or ({"scene": "goodbye"} if command == "redirect" else {})
    select = {"call_sids": [phone.sid for phone in phones]}
    answer = stack.admin.post("/bulk/preview", {"command": command, "arguments": arguments, "select": select})
    assert answer.status_code == 200, answer.text
    return answer.json()


def started(stack: Stack, preview: dict[str, Any]) -> str:
    answer = stack.admin.post("/bulk", {"token": preview["token"]})
    assert answer.status_code == 201, answer.text
    return answer.json()["run"]["id"]


def run_of(stack: Stack, run_id: str) -> dict[str, Any]:
    return stack.admin.get(f"/bulk/{run_id}").json()["run"]


def until_over(stack: Stack, run_id: str, patience: int = 60) -> dict[str, Any]:
    """The run once it is done or cancelled and nothing of it is left; the feed says when to look."""
    with stack.admin.lines() as lines:
        for _ in range(patience * 20):
            run = run_of(stack, run_id)
            if run["state"] in ("done", "cancelled") and not run["progress"]["left"]:
                return run
            next(lines)
    raise AssertionError(run)


def times_moved(stack: Stack, phone: Any) -> int:
    """How often Twilio came for the scene that the run sends the caller to."""
    return sum("/voice/scenes/goodbye" in request["url"] for request in phone.requests)


def patient(stack: Stack, phones: list[Any]) -> None:
    """They listen to something that takes an hour."""
    for phone in phones:
        stack.admin.command(phone, "twiml", twiml="<Response><Pause length='3600'/></Response>")


def test_all_of_them_are_moved_once_and_the_run_tells(stack):
    phones = dialled(stack, 6)
    run = until_over(stack, started(stack, previewed(stack, phones)))
    assert (run["state"], run["progress"]["done"]) == ("done", 6)
    for phone in phones:
        stack.admin.wait_for(phone, lambda story: story["commands"][0]["state"] == "confirmed")
    assert [times_moved(stack, phone) for phone in phones] == [1] * 6


def test_a_busy_twilio_slows_it_down_and_loses_nobody(stack):
    phones = dialled(stack, 5)
    stack.twilio.faults([{"on": "rest", "match": CALLS, "times": 8, "do": "status", "value": 429}])
    run = until_over(stack, started(stack, previewed(stack, phones, "end")))
    assert run["progress"]["done"] == 5
    assert [phone.status for phone in phones] == ["completed"] * 5


def test_a_killed_worker_leaves_nothing_undone_and_does_nothing_twice(stack):
    """One call gets its answer from Twilio after its worker was killed, others were never asked for."""
    phones = dialled(stack, 8)
    patient(stack, phones)
    stack.twilio.faults([{"on": "rest", "match": CALLS, "times": -1, "do": "delay", "value": 2}])
    run_id = started(stack, previewed(stack, phones))
    stack.wait_until(lambda: any(len(stack.admin.story(phone)["commands"]) > 1 for phone in phones))
    stack.stop("worker", signal.SIGKILL)
    stack.twilio.faults([])
    stack.start("worker", "flask", "--app", "app", "worker")
    run = until_over(stack, run_id)
    assert (run["state"], run["progress"]["done"], run["progress"]["refused"]) == ("done", 8, 0)
    assert [times_moved(stack, phone) for phone in phones] == [1] * 8


def test_callers_who_hang_up_meanwhile_are_told_apart(stack):
    gone, stays = dialled(stack, 2)
    preview = previewed(stack, [gone, stays])
    gone.hangup()
    stack.admin.wait_for(gone, lambda story: not story["call"]["live"])
    run = until_over(stack, started(stack, preview))
    assert (run["progress"]["already_ended"], run["progress"]["done"]) == (1, 1)


def test_a_cancelled_run_leaves_the_rest_in_peace(stack):
    phones = dialled(stack, 4)
    body = {"token": previewed(stack, phones)["token"], "after_seconds": 3600}
    run_id = stack.admin.post("/bulk", body).json()["run"]["id"]
    assert stack.admin.post(f"/bulk/{run_id}/cancel").status_code == 200
    assert until_over(stack, run_id)["progress"]["cancelled"] == 4
    assert [times_moved(stack, phone) for phone in phones] == [0] * 4
