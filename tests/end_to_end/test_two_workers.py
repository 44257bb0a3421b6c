"""Plans, rules and the emergency stop with two workers, which a test can kill."""

from __future__ import annotations

import signal
from datetime import UTC, datetime, timedelta
from typing import Any

from freezegun import freeze_time

from tests.support.clients import NUMBER
from tests.support.stack import Stack
from tests.support.two_workers import *  # noqa: F403
from tests.support.two_workers import WORKER, WORKERS, kill_workers
from voice.events import now
from voice.registry.plan_claims import LEASE_SECONDS

LONG = 40  # seconds; enough for a killed worker to start again while the caller waits
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def plan_command(stack: Stack, phone: Any, command: str, **body: Any) -> dict[str, Any]:
    """Plan a command for the call; the plan as JSON."""
    answer = stack.admin.post(f"/calls/{phone.sid}/{command}", body)
    assert answer.status_code == 202, answer.text
    return answer.json()["plan"]


def reload(stack: Stack, plan: dict[str, Any]) -> dict[str, Any]:
    """The plan as it is now."""
    return stack.admin.get(f"/plans/{plan['id']}").json()["plan"]


def kinds(story: dict[str, Any], prefix: str) -> list[str]:
    """The kinds of the events of a call that have this prefix."""
    return [event["kind"] for event in story["events"] if event["kind"].startswith(prefix)]


def times_heard(phone: Any, text: str) -> int:
    """How often the caller has heard the text."""
    return sum(text in item.get("text", "") for item in phone.heard)


def announcement(text: str) -> dict[str, Any]:
    """The arguments of a redirect that plays the text."""
    return {"scene": "announcement", "params": {"text": text}}


# Plans


def test_one_of_two_workers_runs_a_plan(stack):
    phone = stack.dial()
    plan = plan_command(stack, phone, "redirect", **announcement("five o'clock"), after_seconds=1)
    assert reload(stack, plan)["state"] == "planned"
    phone.hears("five o'clock", timeout=LONG)
    story = stack.admin.wait_for(phone, lambda story: "plan.run" in kinds(story, "plan."))
    assert kinds(story, "plan.") == ["plan.made", "plan.run"]
    assert [command["operator"] for command in story["commands"]] == ["ADMIN_TOKEN"]
    assert reload(stack, plan)["command_id"] == story["commands"][0]["id"]
    assert times_heard(phone, "five o'clock") == 1


def test_a_plan_is_refused_if_the_caller_hangs_up_before_it_is_due(stack):
    phone = stack.dial()
    plan = plan_command(stack, phone, "redirect", **announcement("too late"), after_seconds=2)
    phone.hangup()
    stack.admin.wait_for(phone, lambda story: "plan.run" in kinds(story, "plan."))
    ended = reload(stack, plan)
    assert (ended["state"], ended["message"]) == ("refused", "The call has ended.")


def test_a_plan_that_was_due_while_no_worker_ran_is_run_by_the_next_worker(stack):
    phone = stack.dial()
    kill_workers(stack)
    plan = plan_command(stack, phone, "redirect", **announcement("a little late"), after_seconds=0)
    stack.start("worker", *WORKER)
    phone.hears("a little late", timeout=LONG)
    stack.admin.wait_for(phone, lambda story: "plan.run" in kinds(story, "plan."))
    assert reload(stack, plan)["state"] == "run"


def test_a_plan_that_a_killed_worker_has_run_is_not_run_again(stack, own_worker):
    """Twilio runs the command but does not answer, and both workers are killed meanwhile."""
    phone = stack.dial()
    stack.twilio.faults(
        [{"on": "rest", "match": {"method": "POST", "path": "/Calls/"}, "do": "execute-then-hang"}]
    )
    plan = plan_command(stack, phone, "redirect", **announcement("only once"), after_seconds=0)
    phone.hears("only once", timeout=LONG)
    kill_workers(stack)
    assert reload(stack, plan)["state"] == "running"
    own_worker.tick()
    assert reload(stack, plan)["state"] == "running"
    with freeze_time(now() + timedelta(seconds=LEASE_SECONDS + 1), ignore=["gevent"], tick=True):
        own_worker.tick()
    story = stack.admin.story(phone)
    assert [command["state"] for command in story["commands"]] == ["confirmed"]
    assert (reload(stack, plan)["state"], kinds(story, "plan.")) == ("run", ["plan.made", "plan.run"])
    assert times_heard(phone, "only once") == 1


def test_a_plan_that_no_worker_ran_in_time_is_reported_as_missed(stack, own_worker):
    phone = stack.dial()
    kill_workers(stack)
    plan = plan_command(stack, phone, "redirect", **announcement("never"), after_seconds=0)
    with freeze_time(now() + timedelta(seconds=400), ignore=["gevent"], tick=True):
        own_worker.tick()
    assert reload(stack, plan)["state"] == "missed"
    story = stack.admin.story(phone)
    assert (kinds(story, "plan."), story["commands"]) == (["plan.made", "plan.missed"], [])
    assert times_heard(phone, "never") == 0


# Rules


def enable_rule(stack: Stack, name: str, **params: Any) -> None:
    """Enable a ready-made rule with these parameters."""
    answer = stack.admin.patch(f"/rules/{name}", {"enabled": True, "params": params})
    assert answer.status_code == 200, answer.text


def test_each_step_of_a_rule_is_applied_once(stack):
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


def test_a_caller_who_waits_too_long_in_a_queue_is_redirected_to_voicemail(stack):
    enable_rule(stack, "longest_wait", seconds=1)
    phone = stack.dial()
    stack.admin.command(phone, "park")
    phone.hears("Please leave a message", timeout=LONG)
    story = stack.admin.wait_for(phone, lambda story: story["call"]["scene"] == "voicemail")
    assert kinds(story, "rule.") == ["rule.applied"]


def test_a_caller_on_a_day_off_hears_that_the_company_is_closed(stack):
    today = datetime.now(UTC).weekday()
    when = {"scene": ["greeting", "menu"], "weekdays": [DAYS[today], DAYS[(today + 1) % 7]]}
    then = {"command": "redirect", "arguments": {"scene": "closed"}}
    assert stack.admin.post("/rules", {"name": "day_off", "when": when, "then": then}).status_code == 201
    phone = stack.twilio.dial(NUMBER).hears("We are closed", timeout=LONG)
    stack.admin.wait_for(phone, lambda story: kinds(story, "rule.") == ["rule.applied"])


def test_the_maximum_call_length_holds_while_midcall_is_down(stack):
    enable_rule(stack, "cost_ceiling", minutes=1)
    phone = stack.dial()
    stack.admin.wait_for(phone, lambda story: kinds(story, "rule.") == ["rule.applied"])
    stack.admin.command(phone, "twiml", twiml="<Response><Pause length='600'/></Response>")
    dialed = stack.admin.post(
        "/calls", {"to": "+4930111", "from": NUMBER, "twiml": "<Response><Pause length='600'/></Response>"}
    ).json()["call_sid"]
    for name in (*WORKERS, "web"):
        stack.stop(name, signal.SIGKILL)
    stack.twilio.clock(speed=20)
    for one in (phone, stack.twilio.phone(dialed)):
        one.waits_for(status="completed", timeout=LONG)
        assert 59 <= int(stack.sdk.calls(one.sid).fetch().duration) <= 61
    stack.start_app()


# The emergency stop


def test_an_emergency_stop_plays_its_message_and_ends_all_calls_until_it_is_lifted(stack):
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


def test_an_emergency_stop_ends_both_legs_of_a_transfer(stack):
    phone = stack.dial()
    phone.press("1").hears("bridge", timeout=LONG)
    (leg,) = stack.twilio.phones(parent=phone.sid)
    stack.admin.post("/commands/emergency_stop")
    for one in (phone, leg):
        one.waits_for(status="completed", timeout=LONG)
