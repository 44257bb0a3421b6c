"""Later, and by itself: plans, rules and the emergency stop, with two workers that may be killed."""

from __future__ import annotations

import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from freezegun import freeze_time

from tests.support.clients import NUMBER
from tests.support.fixtures import DATABASES
from tests.support.stack import Stack
from voice import build_services
from voice.config import load
from voice.events import now
from voice.registry.plan_claims import LEASE_SECONDS
from voice.worker.loop import Worker

WORKER = ("flask", "--app", "app", "worker")
WORKERS = ("worker", "second")
LONG = 40  # seconds; a worker that was killed starts again while the caller waits
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@pytest.fixture(scope="module", params=DATABASES)
def both(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Web, emulator and two workers."""
    folder = tmp_path_factory.mktemp(f"later_{request.param}")
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_template"), folder / "midcall.db")
        with two_workers(Stack(folder, f"sqlite:///{folder}/midcall.db")) as stack:
            yield stack
        return
    with (
        request.getfixturevalue("postgresql").database() as url,
        two_workers(Stack(folder, url)) as stack,
    ):
        yield stack


@contextmanager
def two_workers(stack: Stack) -> Iterator[Stack]:
    with stack:
        stack.start("second", *WORKER)
        yield stack


@pytest.fixture
def stack(both: Stack) -> Iterator[Stack]:
    """The processes, the emulator as new; afterwards nothing is stopped or ruled, and both workers run."""
    both.twilio.reset()
    both.twilio.clock(speed=1)
    yield both
    both.admin.post("/commands/emergency_lift")
    for rule in both.admin.get("/rules").json()["rules"]:
        if rule["id"]:
            both.admin.delete(f"/rules/{rule['name']}")
    for name in WORKERS:
        if name not in both.processes:
            both.start(name, *WORKER)


@pytest.fixture
def lone_worker(stack: Stack) -> Iterator[Worker]:
    """A worker of the test's own, whose clock it turns; those that ran were killed."""
    services = build_services(load(stack.environment, dotenv=None))
    yield Worker(services)
    services.registry.close()


def planned(stack: Stack, phone: Any, command: str, **body: Any) -> dict[str, Any]:
    answer = stack.admin.post(f"/calls/{phone.sid}/{command}", body)
    assert answer.status_code == 202, answer.text
    return answer.json()["plan"]


def plan_now(stack: Stack, plan: dict[str, Any]) -> dict[str, Any]:
    return stack.admin.get(f"/plans/{plan['id']}").json()["plan"]


def kinds(story: dict[str, Any], prefix: str) -> list[str]:
    return [event["kind"] for event in story["events"] if event["kind"].startswith(prefix)]


def times_heard(phone: Any, text: str) -> int:
    return sum(text in item.get("text", "") for item in phone.heard)


def announcement(text: str) -> dict[str, Any]:
    return {"scene": "announcement", "params": {"text": text}}


def kill_workers(stack: Stack) -> None:
    for name in WORKERS:
        stack.stop(name, signal.SIGKILL)


# Plans


def test_a_plan_runs_once_though_two_workers_wait_for_it(stack):
    phone = stack.dial()
    plan = planned(stack, phone, "redirect", **announcement("five o'clock"), after_seconds=1)
    assert plan_now(stack, plan)["state"] == "planned"
    phone.hears("five o'clock", timeout=LONG)
    story = stack.admin.wait_for(phone, lambda story: "plan.run" in kinds(story, "plan."))
    assert kinds(story, "plan.") == ["plan.made", "plan.run"]
    assert [command["operator"] for command in story["commands"]] == ["ADMIN_TOKEN"]
    assert plan_now(stack, plan)["command_id"] == story["commands"][0]["id"]
    assert times_heard(phone, "five o'clock") == 1


def test_a_caller_who_hangs_up_before_is_the_reason(stack):
    phone = stack.dial()
    plan = planned(stack, phone, "redirect", **announcement("too late"), after_seconds=2)
    phone.hangup()
    stack.admin.wait_for(phone, lambda story: "plan.run" in kinds(story, "plan."))
    ended = plan_now(stack, plan)
    assert (ended["state"], ended["message"]) == ("refused", "The call has ended.")


def test_what_fell_due_while_no_worker_ran_is_run_by_the_next_one(stack):
    phone = stack.dial()
    kill_workers(stack)
    plan = planned(stack, phone, "redirect", **announcement("a little late"), after_seconds=0)
    stack.start("worker", *WORKER)
    phone.hears("a little late", timeout=LONG)
    stack.admin.wait_for(phone, lambda story: "plan.run" in kinds(story, "plan."))
    assert plan_now(stack, plan)["state"] == "run"


def test_what_a_killed_worker_had_done_is_not_done_again(stack, lone_worker):
    """Twilio does as it is told and does not answer; meanwhile both workers are killed."""
    phone = stack.dial()
    stack.twilio.faults(
        [{"on": "rest", "match": {"method": "POST", "path": "/Calls/"}, "do": "execute-then-hang"}]
    )
    plan = planned(stack, phone, "redirect", **announcement("only once"), after_seconds=0)
    phone.hears("only once", timeout=LONG)
    kill_workers(stack)
    assert plan_now(stack, plan)["state"] == "running"
    lone_worker.tick()
    assert plan_now(stack, plan)["state"] == "running"
    with freeze_time(now() + timedelta(seconds=LEASE_SECONDS + 1), ignore=["gevent"], tick=True):
        lone_worker.tick()
    story = stack.admin.story(phone)
    assert [command["state"] for command in story["commands"]] == ["confirmed"]
    assert (plan_now(stack, plan)["state"], kinds(story, "plan.")) == ("run", ["plan.made", "plan.run"])
    assert times_heard(phone, "only once") == 1


def test_what_nobody_ran_in_time_is_reported(stack, lone_worker):
    phone = stack.dial()
    kill_workers(stack)
    plan = planned(stack, phone, "redirect", **announcement("never"), after_seconds=0)
    with freeze_time(now() + timedelta(seconds=400), ignore=["gevent"], tick=True):
        lone_worker.tick()
    assert plan_now(stack, plan)["state"] == "missed"
    story = stack.admin.story(phone)
    assert (kinds(story, "plan."), story["commands"]) == (["plan.made", "plan.missed"], [])
    assert times_heard(phone, "never") == 0


# Rules


def switch_on(stack: Stack, name: str, **params: Any) -> None:
    answer = stack.admin.patch(f"/rules/{name}", {"enabled": True, "params": params})
    assert answer.status_code == 200, answer.text


def test_a_long_call_is_warned_and_then_ended_once_each(stack):
    steps = [
        {"when": {"lasted_seconds": 1}, "then": {"command": "say", "arguments": {"text": "Soon over."}}},
        {"when": {"lasted_seconds": 6}, "then": {"command": "end"}},
    ]
    assert stack.admin.post("/rules", {"name": "short_calls", "steps": steps}).status_code == 201
    phone = (
        stack.dial()
        .hears("Soon over.", timeout=LONG)
        .hears("press 1", timeout=LONG)
        .waits_for(status="completed", timeout=LONG)
    )
    story = stack.admin.wait_for(phone, lambda story: len(kinds(story, "rule.applied")) == 2)
    assert [command["operator"] for command in story["commands"]] == ["rule:short_calls"] * 2
    assert times_heard(phone, "Soon over.") == 1


def test_nobody_waits_in_a_queue_for_longer(stack):
    switch_on(stack, "longest_wait", seconds=1)
    phone = stack.dial()
    stack.admin.command(phone, "park")
    phone.hears("Please leave a message", timeout=LONG)
    story = stack.admin.wait_for(phone, lambda story: story["call"]["scene"] == "voicemail")
    assert kinds(story, "rule.") == ["rule.applied"]


def test_who_calls_on_a_day_off_is_told_so(stack):
    today = datetime.now(UTC).weekday()
    when = {"scene": ["greeting", "menu"], "weekdays": [DAYS[today], DAYS[(today + 1) % 7]]}
    then = {"command": "redirect", "arguments": {"scene": "closed"}}
    assert stack.admin.post("/rules", {"name": "day_off", "when": when, "then": then}).status_code == 201
    phone = stack.twilio.dial(NUMBER).hears("We are closed", timeout=LONG)
    stack.admin.wait_for(phone, lambda story: kinds(story, "rule.") == ["rule.applied"])


def test_the_ceiling_holds_also_when_midcall_is_down(stack):
    switch_on(stack, "cost_ceiling", minutes=1)
    phone = stack.dial()
    stack.admin.wait_for(phone, lambda story: kinds(story, "rule.") == ["rule.applied"])
    stack.admin.command(phone, "twiml", twiml="<Response><Pause length='600'/></Response>")
    dialled = stack.admin.post(
        "/calls", {"to": "+4930111", "from": NUMBER, "twiml": "<Response><Pause length='600'/></Response>"}
    ).json()["call_sid"]
    for name in (*WORKERS, "web"):
        stack.stop(name, signal.SIGKILL)
    stack.twilio.clock(speed=20)
    for one in (phone, stack.twilio.phone(dialled)):
        one.waits_for(status="completed", timeout=LONG)
        assert 59 <= int(stack.sdk.calls(one.sid).fetch().duration) <= 61
    stack.start_app()


# The emergency stop


def test_everybody_hears_the_message_and_is_hung_up_on_until_it_is_lifted(stack):
    phones = [stack.dial() for _ in range(3)]
    stack.twilio.people("+4930111", "manual")
    ringing = stack.admin.post("/calls", {"to": "+4930111", "from": NUMBER, "scene": "menu"}).json()
    stopped = stack.admin.post("/commands/emergency_stop", {"message": "Please leave the line."}).json()
    assert stopped["state"] == "confirmed"
    for phone in phones:
        phone.hears("Please leave the line.", timeout=LONG).waits_for(status="completed", timeout=LONG)
    stack.twilio.phone(ringing["call_sid"]).waits_for(status="canceled", timeout=LONG)
    assert stack.admin.get("/emergency").json()["emergency"]["message"] == "Please leave the line."
    assert stack.admin.post("/calls", {"to": "+1", "from": NUMBER, "scene": "menu"}).status_code == 409
    stack.twilio.dial(NUMBER).hears("Please leave the line.", timeout=LONG).waits_for(
        status="completed", timeout=LONG
    )
    assert stack.admin.post("/commands/emergency_lift").json()["state"] == "confirmed"
    stack.dial().hears("press 1", timeout=LONG)


def test_both_legs_of_a_talk_are_ended(stack):
    phone = stack.dial()
    phone.press("1").hears("bridge", timeout=LONG)
    (leg,) = stack.twilio.phones(parent=phone.sid)
    stack.admin.post("/commands/emergency_stop")
    for one in (phone, leg):
        one.waits_for(status="completed", timeout=LONG)
