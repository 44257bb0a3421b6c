"""Plans: commands that run later, once, with several workers and after one that died. freezegun sets the time."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from freezegun import freeze_time

from tests.support.clients import ADMIN_TOKEN, TESTER, Operator, new_call_sid
from tests.support.database_clock import own_clock
from voice.config import Config
from voice.control.runner import Runner
from voice.errors import ClaimLost
from voice.events import now
from voice.plans.due import DuePlans
from voice.plans.planner import Planner
from voice.plans.schedule import StartTime
from voice.registry.plan_claims import LEASE_SECONDS
from voice.services import Services
from voice.worker.loop import Worker

START = datetime(2026, 3, 1, 16, 0, tzinfo=UTC)


@pytest.fixture
def clock() -> Iterator[Any]:
    """The time, which stops until a test ticks it."""
    with freeze_time(START, ignore=["gevent"]) as frozen:
        yield frozen


@pytest.fixture
def call(clock, twilio) -> str:
    """The CallSid of a live call."""
    return twilio.calls()


def plan(admin: Operator, call_sid: str, command: str = "end", **body: Any) -> dict[str, Any]:
    """Plan a command; return the plan."""
    answer = admin.post(f"/calls/{call_sid}/{command}", body)
    assert answer.status_code == 202, answer.text
    return answer.json["plan"]


def wrong(answer: Any) -> list[str]:
    """The names of the refused fields."""
    assert answer.status_code == 422, answer.text
    return [one["field"] for one in answer.json["error"]["fields"]]


def kinds(admin: Operator, call_sid: str, prefix: str = "plan.") -> list[str]:
    """The kinds of the events of the call's plans, in order."""
    events = admin.get(f"/calls/{call_sid}").json["events"]
    return [event["kind"] for event in events if event["kind"].startswith(prefix)]


def other(services: Services, **changes: Any) -> Services:
    """The same services with other settings."""
    return Services(**{**vars(services), "config": Config({**services.config, **changes})})


def now_of(admin: Operator, plan_id: int) -> dict[str, Any]:
    return admin.get(f"/plans/{plan_id}").json["plan"]


# Creating


def test_a_command_with_a_time_becomes_a_plan(admin, call, registry):
    made = plan(admin, call, "redirect", scene="menu", at="2026-03-01T18:00:00+01:00")
    assert made == {
        "id": made["id"], "call_sid": call, "command": "redirect", "arguments": {"scene": "menu"},
        "operator": "ADMIN_TOKEN", "due_at": "2026-03-01T17:00:00.000Z", "state": "planned", "command_id": None,
        "message": None, "created_at": "2026-03-01T16:00:00.000Z",
    }  # fmt: skip
    assert admin.get("/plans").json == {"plans": [made], "next": None}
    assert registry.commands.of_call(call) == []
    event = admin.get(f"/calls/{call}").json["events"][-1]
    assert (event["kind"], event["source"], event["details"]) == ("plan.made", "ADMIN_TOKEN", {"plan": made})


def test_a_plan_can_start_after_a_delay(admin, call):
    assert plan(admin, call, after_seconds=90.5)["due_at"] == "2026-03-01T16:01:30.500Z"
    assert plan(admin, call, after_seconds=0)["due_at"] == "2026-03-01T16:00:00.000Z"


@pytest.mark.parametrize(
    ("when", "field"),
    [
        ({"at": "2026-03-01T18:00:00"}, "at"),
        ({"at": "2026-03-01 18:00"}, "at"),
        ({"at": "2026-03-01"}, "at"),
        ({"at": "1772380800"}, "at"),
        ({"at": 1772380800}, "at"),
        ({"at": "five o'clock"}, "at"),
        ({"at": "2026-03-01T15:58:00Z"}, "at"),
        ({"at": "2028-03-01T18:00:00Z"}, "at"),
        ({"at": "0001-01-01T00:00:00+14:00"}, "at"),
        ({"at": None}, "at"),
        ({"after_seconds": -1}, "after_seconds"),
        ({"after_seconds": "soon"}, "after_seconds"),
        ({"after_seconds": 1e9}, "after_seconds"),
        ({"at": "2026-03-01T18:00:00Z", "after_seconds": 5}, ""),
    ],
)
def test_an_invalid_time_is_refused(admin, call, when, field):
    assert wrong(admin.post(f"/calls/{call}/end", when)) == [field]
    assert admin.get("/plans").json["plans"] == []


def test_a_planned_command_is_checked_at_once(app, admin, call, registry, twilio):
    assert "params.text" in wrong(
        admin.post(f"/calls/{call}/redirect", {"scene": "announcement", "after_seconds": 5})
    )
    assert admin.post(f"/calls/{new_call_sid()}/end", {"after_seconds": 5}).status_code == 404
    assert admin.post(f"/calls/{call}/dance", {"after_seconds": 5}).status_code == 404
    viewer = Operator(app.test_client(), registry.tokens.create("eve", "viewer", TESTER))
    assert viewer.post(f"/calls/{call}/end", {"after_seconds": 5}).status_code == 403
    twilio.status(call, "completed")
    answer = admin.post(f"/calls/{call}/end", {"after_seconds": 5})
    assert (answer.status_code, answer.json["error"]["code"]) == (409, "call_not_in_progress")
    assert admin.get("/plans").json["plans"] == []


def test_dial_can_be_planned_by_either_route(admin, clock):
    body = {"to": "+4930111", "from": "+14155550100", "scene": "menu", "after_seconds": 60}
    for path in ("/calls", "/commands/dial"):
        answer = admin.post(path, body)
        assert answer.status_code == 202
        assert answer.json["plan"]["call_sid"] is None
        assert answer.json["plan"]["arguments"] == {name: body[name] for name in ("to", "from", "scene")}


def test_a_command_for_a_call_is_not_found_without_a_call(admin, clock):
    assert admin.post("/commands/end", {"after_seconds": 1}).status_code == 404
    assert admin.post("/commands/end").status_code == 404


def test_the_same_key_creates_one_plan(admin, call):
    first, again = (
        admin.post(f"/calls/{call}/end", {"after_seconds": 5}, Idempotency_Key="k") for _ in range(2)
    )
    assert (again.status_code, again.json) == (202, first.json)
    reused = admin.post(f"/calls/{call}/end", {"after_seconds": 6}, Idempotency_Key="k")
    assert (reused.status_code, reused.json["error"]["code"]) == (409, "idempotency_key_reused")
    assert len(admin.get("/plans").json["plans"]) == 1
    assert kinds(admin, call) == ["plan.made"]


# Listing, changing, canceling


def test_plans_are_listed_by_state_and_call_in_pages(admin, call, twilio):
    elsewhere = twilio.calls()
    made = [plan(admin, one, after_seconds=60)["id"] for one in (call, elsewhere, call)]
    admin.delete(f"/plans/{made[0]}")

    def listed(**query: Any) -> list[int]:
        return [one["id"] for one in admin.get("/plans", **query).json["plans"]]

    assert listed() == made[::-1]
    assert listed(call_sid=call) == [made[2], made[0]]
    assert listed(state="planned") == [made[2], made[1]]
    assert listed(state=["planned", "cancelled"], call_sid=call) == [made[2], made[0]]
    page = admin.get("/plans", limit=2).json
    assert page["next"] == made[1]
    assert listed(limit=2, cursor=page["next"]) == [made[0]]
    assert wrong(admin.get("/plans", state="dreamt")) == ["state.0"]


def test_a_changed_plan_belongs_to_the_operator_who_changed_it(app, admin, call, registry):
    made = plan(admin, call, "redirect", scene="menu", after_seconds=60)
    ann = Operator(app.test_client(), registry.tokens.create("ann", "operator", TESTER))
    changed = ann.patch(
        f"/plans/{made['id']}", {"at": "2026-03-01T17:00:00Z", "arguments": {"scene": "goodbye"}}
    )
    assert changed.json["plan"] == {
        **made, "due_at": "2026-03-01T17:00:00.000Z", "arguments": {"scene": "goodbye"}, "operator": "ann",
    }  # fmt: skip
    assert now_of(admin, made["id"]) == changed.json["plan"]
    assert kinds(admin, call) == ["plan.made", "plan.changed"]


def test_an_invalid_change_is_refused(app, admin, call, registry):
    path = f"/plans/{plan(admin, call, 'redirect', scene='menu', after_seconds=60)['id']}"
    assert wrong(admin.patch(path, {})) == [""]
    assert wrong(admin.patch(path, {"at": "tomorrow"})) == ["at"]
    assert wrong(admin.patch(path, {"command": "end", "after_seconds": 1})) == ["command"]
    assert wrong(admin.patch(path, {"arguments": {"scene": "nowhere"}})) == ["scene"]
    assert wrong(admin.patch(path, {"arguments": {"scene": "menu", "after_seconds": 1}})) == ["after_seconds"]
    assert admin.patch("/plans/4711", {"after_seconds": 1}).status_code == 404
    assert admin.patch(f"/plans/{2**70}", {"after_seconds": 1}).status_code == 404
    viewer = Operator(app.test_client(), registry.tokens.create("eve", "viewer", TESTER))
    assert viewer.patch(path, {"after_seconds": 1}).status_code == 403
    assert viewer.delete(path).status_code == 403
    assert kinds(admin, call) == ["plan.made"]


def test_a_plan_that_is_running_or_has_run_cannot_be_changed(admin, call, services, twilio, clock):
    made = plan(admin, call, after_seconds=1)
    path = f"/plans/{made['id']}"
    twilio.status(call, "completed")
    clock.tick(1)
    (claimed,) = services.registry.plan_claims.claim_due(5)
    for state in ("running", "run"):
        for answer in (admin.patch(path, {"after_seconds": 600}), admin.delete(path)):
            assert (answer.status_code, f"in the state {state}." in answer.text) == (409, True)
        assert now_of(admin, made["id"]) == {**made, "state": state}
        services.registry.plans.finish(claimed, "run")
    assert kinds(admin, call) == ["plan.made", "plan.run"]


def test_a_canceled_plan_does_not_run(admin, call, services, clock):
    path = f"/plans/{plan(admin, call, after_seconds=60)['id']}"
    assert admin.delete(path).json["plan"]["state"] == "cancelled"
    again = admin.delete(path)
    assert (again.status_code, again.json["error"]["code"]) == (409, "call_not_in_progress")
    assert "cancelled" in admin.patch(path, {"after_seconds": 1}).json["error"]["message"]
    clock.tick(61)
    Worker(services).tick()
    assert kinds(admin, call) == ["plan.made", "plan.cancelled"]
    assert kinds(admin, call, "command.") == []


# Running. The call has ended, so `end` is confirmed without a request to Twilio


def test_a_plan_runs_when_it_is_due(admin, call, services, twilio, clock):
    made = plan(admin, call, after_seconds=60)
    twilio.status(call, "completed")
    clock.tick(59)
    Worker(services).tick()
    assert now_of(admin, made["id"])["state"] == "planned"
    clock.tick(1)
    Worker(services).tick()
    Worker(services).tick()
    (command,) = admin.get(f"/calls/{call}").json["commands"]
    assert (command["command"], command["operator"], command["state"]) == ("end", "ADMIN_TOKEN", "confirmed")
    done = now_of(admin, made["id"])
    assert (done["state"], done["command_id"]) == ("run", command["id"])
    assert done["message"] == "The call had already ended."
    assert kinds(admin, call) == ["plan.made", "plan.run"]


def test_a_plan_for_a_call_that_has_ended_is_refused_with_the_reason(admin, call, services, twilio, clock):
    made = plan(admin, call, "redirect", scene="menu", after_seconds=60)
    twilio.status(call, "completed")
    clock.tick(60)
    DuePlans(services).run()
    done = now_of(admin, made["id"])
    assert (done["state"], done["message"]) == ("refused", "The call has ended.")
    assert done["command_id"] == admin.get(f"/calls/{call}").json["commands"][0]["id"]


def test_a_plan_is_retried_while_twilio_is_unreachable_until_it_is_too_late(admin, call, services, clock):
    """No server listens at Twilio's URL."""
    made = plan(admin, call, "redirect", scene="menu", after_seconds=0)
    for commands, seconds in ((1, 1), (1, 1), (2, 300)):
        DuePlans(services).run()
        assert len(admin.get(f"/calls/{call}").json["commands"]) == commands
        assert now_of(admin, made["id"])["state"] == "running"
        clock.tick(seconds + 0.01)
    DuePlans(services).run()
    done, commands = now_of(admin, made["id"]), admin.get(f"/calls/{call}").json["commands"]
    assert (done["state"], done["command_id"], len(commands)) == ("refused", commands[-1]["id"], 3)
    assert "Twilio could not be reached" in done["message"]
    assert kinds(admin, call) == ["plan.made", "plan.run"]


def test_all_due_plans_run(admin, call, services, twilio, clock):
    for _ in range(40):
        plan(admin, call, after_seconds=1)
    twilio.status(call, "completed")
    clock.tick(1)
    DuePlans(services).run()
    states = {one["state"] for one in admin.get("/plans").json["plans"]}
    assert states == {"run"}
    assert len(admin.get(f"/calls/{call}").json["commands"]) == 40


def test_one_of_several_workers_claims_a_plan(admin, call, services, twilio, clock, registry):
    made = [plan(admin, call, after_seconds=1)["id"] for _ in range(10)]
    clock.tick(1)
    taken: list[int] = []
    threads = [
        threading.Thread(target=lambda: taken.extend(one.id for one in registry.plan_claims.claim_due(4)))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == len(set(taken)) >= 4
    assert set(taken) <= set(made)


def test_a_plan_that_a_dead_worker_had_not_started_is_run(admin, call, services, twilio, clock):
    made = plan(admin, call, after_seconds=1)
    twilio.status(call, "completed")
    clock.tick(1)
    assert [one.id for one in services.registry.plan_claims.claim_due(5)] == [
        made["id"]
    ]  # then the worker dies
    DuePlans(services).run()
    assert now_of(admin, made["id"])["state"] == "running"
    clock.tick(LEASE_SECONDS + 1)
    DuePlans(services).run()
    assert now_of(admin, made["id"])["state"] == "run"


@pytest.mark.parametrize("missed", ["run", "report"])
def test_a_command_that_a_dead_worker_had_run_is_not_repeated(admin, call, services, twilio, clock, missed):
    made = plan(admin, call, after_seconds=1)
    twilio.status(call, "completed")
    clock.tick(1)
    (taken,) = services.registry.plan_claims.claim_due(5)
    done = Runner(services).run("end", {}, taken.operator, call, taken.key)  # then the worker dies
    clock.tick(LEASE_SECONDS + 1000)
    DuePlans(other(services, MISSED_PLANS=missed)).run()
    assert now_of(admin, made["id"])["state"] == "run"
    assert now_of(admin, made["id"])["command_id"] == done.id
    assert len(admin.get(f"/calls/{call}").json["commands"]) == 1


def test_a_worker_that_stalled_does_not_run_a_plan_that_was_reported_as_missed(
    admin, call, services, twilio, clock
):
    made = plan(admin, call, after_seconds=1)
    twilio.status(call, "completed")
    clock.tick(1)
    (taken,) = services.registry.plan_claims.claim_due(5)  # then the worker stalls
    clock.tick(LEASE_SECONDS + 1000)
    DuePlans(other(services, MISSED_PLANS="report")).run()
    with pytest.raises(ClaimLost):
        Runner(services).run("end", {}, taken.operator, call, taken.key, claim=taken.claim)
    services.registry.plans.finish(taken, "run")
    services.registry.plan_claims.give_back(taken, 0)
    assert (now_of(admin, made["id"])["state"], kinds(admin, call, "command.")) == ("missed", [])


def test_a_plan_does_not_run_after_the_lease_of_its_claim_has_ended(admin, call, services, twilio, clock):
    plan(admin, call, after_seconds=1)
    clock.tick(1)
    (taken,) = services.registry.plan_claims.claim_due(5)
    clock.tick(LEASE_SECONDS + 1)
    with pytest.raises(ClaimLost):
        Runner(services).run("end", {}, taken.operator, call, taken.key, claim=taken.claim)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_wrong_clock_of_a_host_runs_no_plan_early(admin, twilio, services):
    """A SQLite file belongs to one host."""
    call_sid, early = twilio.calls(), now() + timedelta(seconds=60)
    with own_clock(), freeze_time(now() - timedelta(seconds=90), ignore=["gevent"]):
        made = plan(admin, call_sid, after_seconds=60)
    assert datetime.fromisoformat(made["due_at"]) >= early - timedelta(seconds=1)
    with own_clock(), freeze_time(now() + timedelta(seconds=90), ignore=["gevent"]):
        DuePlans(services).run()
    assert now_of(admin, made["id"])["state"] == "planned"


# The operator of a plan


@pytest.mark.parametrize("missed", ["run", "report"])
def test_a_plan_of_a_revoked_token_does_not_run(app, admin, call, services, registry, twilio, clock, missed):
    ann = Operator(app.test_client(), registry.tokens.create("ann", "operator", TESTER))
    made = plan(ann, call, after_seconds=60)
    twilio.status(call, "completed")
    registry.tokens.revoke("ann", TESTER)
    clock.tick(60)
    DuePlans(other(services, MISSED_PLANS=missed)).run()
    done = now_of(admin, made["id"])
    assert (done["state"], done["command_id"]) == ("refused", None)
    assert done["message"] == "ann was disabled or revoked. Ask another operator to run this."
    assert (kinds(admin, call), kinds(admin, call, "command.")) == (["plan.made", "plan.run"], [])


@pytest.mark.parametrize(
    ("change", "state"),
    [("disable", "refused"), ("lower", "refused"), ("disable and enable", "run"), ("nothing", "run")],
)
def test_a_plan_runs_only_while_its_operator_may_run_it(
    admin, call, services, registry, twilio, clock, change, state
):
    registry.operators.add("bob", "operator", TESTER)
    planned = Planner(services).create("end", {}, StartTime(after_seconds=60), "bob", call)
    twilio.status(call, "completed")
    if "disable" in change:
        registry.operators.disable("bob", TESTER)
    if "enable" in change:
        registry.operators.enable("bob", TESTER)
    if change == "lower":
        registry.operators.set_role("bob", "viewer", TESTER)
    clock.tick(60)
    DuePlans(services).run()
    assert now_of(admin, planned.id)["state"] == state


def test_a_plan_of_the_admin_token_does_not_run_without_it(admin, call, services, twilio, clock):
    made = plan(admin, call, after_seconds=60)
    twilio.status(call, "completed")
    clock.tick(60)
    DuePlans(other(services, ADMIN_TOKEN="")).run()
    assert now_of(admin, made["id"])["state"] == "refused"


def test_a_plan_of_a_shell_runs(admin, call, services, twilio, clock):
    planned = Planner(services).create("end", {}, StartTime(after_seconds=60), "cli:root", call)
    twilio.status(call, "completed")
    clock.tick(60)
    DuePlans(services).run()
    assert now_of(admin, planned.id)["state"] == "run"


def test_a_missed_plan_is_reported(admin, call, services, twilio, clock):
    made = plan(admin, call, after_seconds=60)
    clock.tick(60 + 301)
    DuePlans(other(services, MISSED_PLANS="report")).run()
    done = now_of(admin, made["id"])
    assert (done["state"], done["command_id"]) == ("missed", None)
    assert done["message"] == "No worker ran the plan in time: 301 seconds late."
    assert kinds(admin, call) == ["plan.made", "plan.missed"]
    assert kinds(admin, call, "command.") == []


def test_a_missed_plan_can_be_run_late(admin, call, services, twilio, clock):
    made = plan(admin, call, after_seconds=60)
    twilio.status(call, "completed")
    clock.tick(60 + 301)
    DuePlans(other(services, MISSED_PLANS="run")).run()
    assert now_of(admin, made["id"])["state"] == "run"


def test_a_slightly_late_plan_is_not_missed(admin, call, services, twilio, clock):
    made = plan(admin, call, after_seconds=60)
    twilio.status(call, "completed")
    clock.tick(60 + 299)
    DuePlans(other(services, MISSED_PLANS="report")).run()
    assert now_of(admin, made["id"])["state"] == "run"


def test_no_command_has_an_argument_named_like_a_start_time(services):
    for kind in services.commands.values():
        assert not {"at", "after_seconds"} & set(kind.Arguments.model_fields), kind.name


def test_the_token_in_the_settings_can_plan(app, call):
    assert plan(
        Operator(app.test_client(), ADMIN_TOKEN), call, after_seconds=timedelta(days=365).total_seconds()
    )
