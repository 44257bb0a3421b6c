"""Rules: which calls they match, that each is applied to a call once, and how they are switched on and changed."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from freezegun import freeze_time

from tests.support.clients import NUMBER, TESTER, Operator, new_call_sid
from tests.support.database_clock import own_clock
from voice.config import load
from voice.control.call_limit import call_limit_seconds
from voice.control.runner import Runner
from voice.errors import ClaimLost
from voice.events import now
from voice.registry import Registry
from voice.registry.rule_hits import LEASE_SECONDS
from voice.rules import When, all_rules
from voice.rules.engine.application import RuleApplication
from voice.rules.engine.rulebook import Rulebook
from voice.worker.loop import Worker

SUNDAY = datetime(2026, 3, 1, 16, 0, tzinfo=UTC)
HANG_UP = {"command": "end"}
TAKE = {
    "command": "take",
    "arguments": {"to": "+4930111222"},
}  # refused for a call that is not parked, without a request to Twilio


@pytest.fixture
def clock() -> Iterator[Any]:
    """The time, which stops until a test ticks it."""
    with freeze_time(SUNDAY, ignore=["gevent"]) as frozen:
        yield frozen


def make(admin: Operator, name: str = "ours", **rule: Any) -> dict[str, Any]:
    """Create an enabled rule; return it."""
    answer = admin.post("/rules", {"name": name, "then": TAKE, **rule})
    assert answer.status_code == 201, answer.text
    return answer.json["rule"]


def wrong(answer: Any) -> list[str]:
    """The names of the refused fields."""
    assert answer.status_code == 422, answer.text
    return [one["field"] for one in answer.json["error"]["fields"]]


def matching(registry, **when: Any) -> set[str]:
    """The calls that match this condition now."""
    return {hit.call_sid for hit in registry.rule_hits.claim(1, 0, When(**when).match, 100)}


def applied(admin: Operator, call_sid: str) -> list[str]:
    """The names of the rules that were applied to the call, in order."""
    events = admin.get(f"/calls/{call_sid}").json["events"]
    return [event["source"] for event in events if event["kind"] == "rule.applied"]


# Matching


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ({}, "in dialed later"),
        ({"from": "+4930111"}, "in"),
        ({"from": "+4930*"}, "in later"),
        ({"from": "+49_0*"}, ""),
        ({"to": NUMBER}, "in later"),
        ({"direction": "inbound"}, "in later"),
        ({"direction": "outbound"}, "dialed"),
        ({"scene": ["menu"]}, "in"),
        ({"scene": ["greeting", "menu"]}, "in dialed later"),
        ({"lasted_seconds": 100}, "in"),
        ({"lasted_seconds": 101}, ""),
        ({"lasted_seconds": 40}, "in dialed"),
        ({"lasted_seconds": 41}, "in"),
        ({"waited_seconds": 60}, "in"),
        ({"waited_seconds": 61}, ""),
        ({"waited_seconds": 0, "from": "+4930*", "scene": ["greeting"]}, "later"),
    ],
)
def test_a_condition_matches_calls(registry, twilio, clock, when, expected):
    """Calls: 100 seconds old and 60 in the menu; answered 40 seconds ago; new; and two that never match."""
    calls = {"in": twilio.calls(From="+4930111")}
    clock.tick(40)
    twilio.scene(calls["in"], "menu", From="+4930111")
    twilio.status(twilio.calls(), "completed")
    clock.tick(20)
    calls["dialed"] = twilio.calls(Direction="outbound-api", To="+4940222", From=NUMBER)
    twilio.status(calls["dialed"], "in-progress", Direction="outbound-api")
    clock.tick(40)
    twilio.status(new_call_sid(), "ringing", Direction="outbound-api", To="+4940333", From=NUMBER)
    calls["later"] = twilio.calls(From="+4930222")
    found = matching(registry, **when)
    assert found == {calls[name] for name in expected.split()}


def _form(call_sid: str) -> dict[str, str]:
    from tests.support.clients import form

    return form(call_sid)


def test_a_repeated_prompt_or_a_return_does_not_reset_the_waiting_time(registry, twilio, clock):
    call_sid = twilio.calls()
    twilio.scene(call_sid, "menu")
    clock.tick(30)
    twilio.scene(call_sid, "menu?attempt=2")
    clock.tick(30)
    assert matching(registry, scene=["menu"], waited_seconds=60) == {call_sid}
    twilio.scene(call_sid, "choice?attempt=1")
    twilio.scene(call_sid, "menu")
    assert registry.rule_hits.claim(2, 0, When(scene=["menu"], waited_seconds=1).match, 100) == []


@pytest.mark.parametrize(
    ("when", "moment", "expected"),
    [
        ({"between": "09:00-17:00"}, "2026-03-02T08:00:00Z", True),  # nine in Berlin
        ({"between": "09:00-17:00"}, "2026-03-02T07:59:59Z", False),
        ({"between": "09:00-17:00"}, "2026-03-02T16:00:00Z", False),
        ({"between": "22:00-06:00"}, "2026-03-02T22:30:00Z", True),
        ({"between": "22:00-06:00"}, "2026-03-02T04:59:00Z", True),
        ({"between": "22:00-06:00"}, "2026-03-02T05:00:00Z", False),
        ({"weekdays": ["mon"]}, "2026-03-01T23:30:00Z", True),
        ({"weekdays": ["sun"]}, "2026-03-01T23:30:00Z", False),
        ({"open": False}, "2026-03-01T12:00:00Z", True),
        ({"open": True}, "2026-03-02T12:00:00Z", True),
        ({"open": True, "weekdays": ["sun"]}, "2026-03-02T12:00:00Z", False),
        ({}, "2026-03-02T12:00:00Z", True),
    ],
)
def test_days_and_times_are_those_of_the_timezone(services, when, moment, expected):
    settings = {key: str(services.config[key]) for key in ("TWILIO_ACCOUNT_SID", "PUBLIC_URL", "SECRET_KEY")}
    settings |= {
        "TWILIO_AUTH_TOKEN": "t" * 8 + "0123456789abcdef",
        "TIMEZONE": "Europe/Berlin",
        "OPENING_HOURS": "mon-fri 09:00-17:30",
    }
    with freeze_time(moment, ignore=["gevent"]) as frozen:
        assert When(**when).is_now(load(settings, dotenv=None), frozen().replace(tzinfo=UTC)) is expected


# Applying


def test_a_rule_is_applied_to_a_call_once(admin, services, twilio, clock):
    call_sid, rule = twilio.calls(), make(admin, when={"lasted_seconds": 60})
    worker = Worker(services)
    worker.tick()
    assert applied(admin, call_sid) == []
    clock.tick(60)
    worker.tick()
    worker.tick()
    assert applied(admin, call_sid) == ["rule:ours"]
    (command,) = admin.get(f"/calls/{call_sid}").json["commands"]
    assert (command["command"], command["operator"]) == ("take", "rule:ours")
    assert admin.get("/rules/ours").json["rule"] == {**rule, "hits": 1}


def test_one_of_several_workers_applies_a_rule(registry, twilio, clock):
    calls = {twilio.calls() for _ in range(20)}
    taken: list[str] = []

    def claimed_by_one(registry: Registry) -> list[str]:
        return [hit.call_sid for hit in registry.rule_hits.claim(1, 0, When().match, 100)]

    threads = [threading.Thread(target=lambda: taken.extend(claimed_by_one(registry))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (sorted(taken), len(taken)) == (sorted(calls), 20)


def test_calls_that_were_claimed_are_followed_by_others(registry, twilio, clock):
    calls = [twilio.calls() for _ in range(5)]
    taken = [hit.call_sid for _ in range(3) for hit in registry.rule_hits.claim(1, 0, When().match, 2)]
    assert sorted(taken) == sorted(calls)


def test_a_command_that_a_dead_worker_had_run_is_not_repeated(admin, services, twilio, clock):
    call_sid, rule = twilio.calls(), make(admin, then={"command": "end"})
    (hit,) = services.registry.rule_hits.claim(rule["id"], 0, When().match, 5)
    twilio.status(call_sid, "completed")
    done = Runner(services).run("end", {}, "rule:ours", call_sid, hit.key)  # then the worker dies
    RuleApplication(services).run()
    assert applied(admin, call_sid) == []
    clock.tick(LEASE_SECONDS + 1)
    RuleApplication(services).run()
    assert applied(admin, call_sid) == ["rule:ours"]
    assert [one["id"] for one in admin.get(f"/calls/{call_sid}").json["commands"]] == [done.id]


def test_a_worker_that_stalled_does_not_apply_a_rule_that_was_removed_meanwhile(
    admin, services, twilio, clock
):
    call_sid, rule = twilio.calls(), make(admin, then={"command": "end"})
    (hit,) = services.registry.rule_hits.claim(rule["id"], 0, When().match, 5)
    twilio.status(call_sid, "completed")
    assert admin.delete("/rules/ours").status_code == 200
    with pytest.raises(ClaimLost):
        Runner(services).run("end", {}, "rule:ours", call_sid, hit.key, claim=hit.claim)
    assert admin.get(f"/calls/{call_sid}").json["commands"] == []


def test_a_worker_that_stalled_does_not_finish_what_another_one_has_taken_over(
    admin, services, twilio, clock
):
    call_sid, rule = twilio.calls(), make(admin, then={"command": "end"})
    hits = services.registry.rule_hits
    (stalled,) = hits.claim(rule["id"], 0, When().match, 5)
    clock.tick(LEASE_SECONDS + 1)
    (taken,) = hits.claim(rule["id"], 0, When().match, 5)
    hits.finish(stalled, "ours", "late", None)
    hits.retry(stalled, 0)
    assert (applied(admin, call_sid), hits.claim(rule["id"], 0, When().match, 5)) == ([], [])
    hits.finish(taken, "ours", None, None)
    assert applied(admin, call_sid) == ["rule:ours"]


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_wrong_clock_of_a_host_takes_no_call_from_another_host(registry, twilio):
    """A SQLite file belongs to one host."""
    twilio.calls()
    assert len(registry.rule_hits.claim(1, 0, When().match, 5)) == 1
    with own_clock(), freeze_time(now() + timedelta(seconds=90), ignore=["gevent"]):
        assert registry.rule_hits.claim(1, 0, When().match, 5) == []
        assert registry.rule_hits.claim(1, 1, When(lasted_seconds=60).match, 5) == []


def test_a_rule_is_retried_while_twilio_is_unreachable(admin, services, twilio, clock):
    call_sid = twilio.calls()
    make(admin, then=HANG_UP)
    for commands, seconds in ((1, 1), (1, 1), (2, 3), (2, 1), (3, 0)):
        RuleApplication(services).run()
        assert len(admin.get(f"/calls/{call_sid}").json["commands"]) == commands
        clock.tick(seconds + 0.01)
    assert applied(admin, call_sid) == []
    twilio.status(call_sid, "completed")
    clock.tick(60)
    RuleApplication(services).run()
    RuleApplication(services).run()
    assert applied(admin, call_sid) == ["rule:ours"]


def test_a_disabled_or_removed_rule_is_not_applied(admin, services, twilio, clock):
    call_sid = twilio.calls()
    make(admin, "off", enabled=False)
    make(admin, "gone")
    assert admin.delete("/rules/gone").json == {"removed": "gone"}
    RuleApplication(services).run()
    assert applied(admin, call_sid) == []
    assert admin.get("/rules/gone").status_code == 404


def test_a_rule_waits_for_its_days(admin, services, twilio, clock):
    call_sid = twilio.calls()
    make(admin, when={"weekdays": ["mon"]})
    RuleApplication(services).run()
    assert applied(admin, call_sid) == []
    clock.tick(8 * 3600)
    RuleApplication(services).run()
    assert applied(admin, call_sid) == ["rule:ours"]


def test_an_unreadable_rule_does_not_stop_the_others(admin, services, registry, twilio, clock):
    call_sid = twilio.calls()
    registry.rules.create("broken", TESTER, enabled=True, ready_made="no_such_file", params={}, steps=[])
    make(admin)
    RuleApplication(services).run()
    assert applied(admin, call_sid) == ["rule:ours"]
    shown = admin.get("/rules/broken").json["rule"]
    assert (shown["steps"], shown["enabled"]) == ([], True)
    assert admin.patch("/rules/broken", {"enabled": False}).json["rule"]["enabled"] is False


# Creating and changing


def test_ready_made_rules_are_listed_as_disabled(admin):
    listed = {rule["name"]: rule for rule in admin.get("/rules").json["rules"]}
    assert (
        set(listed)
        == set(all_rules())
        >= {
            "long_calls",
            "closed_after_hours",
            "longest_wait",
            "cost_ceiling",
        }
    )
    assert all(not rule["enabled"] and rule["id"] is None and rule["help"] for rule in listed.values())
    assert listed["longest_wait"]["steps"] == [
        {
            "when": {"scene": ["parked"], "waited_seconds": 300},
            "then": {"command": "redirect", "arguments": {"scene": "voicemail"}},
        }
    ]
    assert listed["longest_wait"]["schema"]["properties"]["seconds"]["default"] == 300


@pytest.mark.parametrize("name", list(all_rules()))
def test_each_ready_made_rule_can_be_enabled(admin, services, name):
    rule = admin.patch(f"/rules/{name}", {"enabled": True})
    assert rule.status_code == 200, rule.text
    assert rule.json["rule"]["enabled"]
    assert rule.json["rule"]["steps"]
    RuleApplication(services).run()


def test_a_ready_made_rule_has_parameters(admin, registry):
    on = admin.patch("/rules/long_calls", {"enabled": True, "params": {"warn_after_minutes": 5}}).json["rule"]
    assert [step["when"] for step in on["steps"]] == [{"lasted_seconds": 300}, {"lasted_seconds": 1800}]
    assert (on["changed_by"], on["params"]["end_after_minutes"]) == ("ADMIN_TOKEN", 30)
    assert admin.patch("/rules/long_calls", {"enabled": False}).json["rule"]["params"] == on["params"]
    assert wrong(admin.patch("/rules/long_calls", {"params": {"warn_after_minutes": 40}})) == ["params."]
    assert wrong(admin.patch("/rules/long_calls", {"params": {"volume": 11}})) == ["params.volume"]
    assert wrong(admin.patch("/rules/long_calls", {"then": HANG_UP})) == ["steps"]
    admin.delete("/rules/long_calls")
    assert admin.get("/rules/long_calls").json["rule"]["id"] is None
    kinds = [event.kind for event in registry.events.after(0)]
    assert kinds == ["rule.made", "rule.changed", "rule.removed"]


def test_a_ready_made_kind_can_have_several_rules(admin):
    body = {"name": "vip", "ready_made": "longest_wait", "params": {"seconds": 30}}
    assert admin.post("/rules", body).json["rule"]["steps"][0]["when"]["waited_seconds"] == 30
    assert admin.get("/rules/longest_wait").json["rule"]["enabled"] is False


def test_a_rule_can_have_its_own_steps(admin):
    steps = [
        {"when": {"from": "+49*", "lasted_seconds": 5}, "then": {"command": "end"}},
        {"then": {"command": "redirect", "arguments": {"scene": "menu"}}},
    ]
    made = admin.post("/rules", {"name": "two_steps", "steps": steps}).json["rule"]
    assert made["steps"] == [
        {"when": {"from": "+49*", "lasted_seconds": 5}, "then": {"command": "end", "arguments": {}}},
        {"when": {}, "then": {"command": "redirect", "arguments": {"scene": "menu"}}},
    ]
    changed = admin.patch("/rules/two_steps", {"when": {"to": "+1"}, "then": HANG_UP}).json["rule"]
    assert [step["when"] for step in changed["steps"]] == [{"to": "+1"}]
    assert changed["id"] == made["id"]


@pytest.mark.parametrize(
    ("rule", "field"),
    [
        ({"name": "Big"}, "name"),
        ({"name": "7"}, "name"),
        ({"name": "long_calls"}, "name"),
        ({"then": {"command": "dance"}}, "steps.0.then.command"),
        ({"then": {"command": "dial"}}, "steps.0.then.command"),
        ({"then": {"command": "end", "arguments": {"softly": 1}}}, "steps.0.then.arguments.softly"),
        (
            {"then": {"command": "redirect", "arguments": {"scene": "nowhere"}}},
            "steps.0.then.arguments.scene",
        ),
        ({"when": {"scene": ["nowhere"]}}, "steps.0.when.scene"),
        ({"when": {"between": "9-17"}}, "when.between"),
        ({"when": {"between": "09:00-09:00"}}, "when.between"),
        ({"when": {"weekdays": ["someday"]}}, "when.weekdays.0"),
        ({"when": {"lasted_seconds": -1}}, "when.lasted_seconds"),
        ({"when": {"lasts": 1}}, "when.lasts"),
        ({"when": {"from": "a b"}}, "when.from"),
        ({"then": None}, "steps"),
        ({"then": None, "when": {}}, ""),
        ({"steps": [{"then": HANG_UP}]}, ""),
        ({"ready_made": "nothing", "then": None}, "ready_made"),
        ({"ready_made": "long_calls"}, "steps"),
        ({"params": {"a": 1}}, "params"),
    ],
)
def test_an_invalid_rule_is_refused(admin, rule, field):
    assert wrong(admin.post("/rules", {"name": "ours", "then": HANG_UP, **rule})) == [field]
    assert [one for one in admin.get("/rules").json["rules"] if one["id"]] == []


def test_every_role_sees_rules_and_only_admins_change_them(app, registry, admin):
    operator = Operator(app.test_client(), registry.tokens.create("ann", "operator", TESTER))
    assert operator.get("/rules").status_code == 200
    assert operator.post("/rules", {"name": "ours", "then": HANG_UP}).status_code == 403
    assert operator.patch("/rules/long_calls", {"enabled": True}).status_code == 403
    assert operator.delete("/rules/long_calls").status_code == 403


def test_an_unknown_rule_is_not_found(admin):
    for name in ("nothing", "x" * 3000, "%00", "7"):
        assert admin.get(f"/rules/{name}").status_code == 404
        assert admin.patch(f"/rules/{name}", {"enabled": True}).status_code == 404


def test_the_lowest_maximum_call_length_applies(admin, services):
    assert call_limit_seconds(services) is None
    for name, minutes in (("cheap", 5), ("dear", 50)):
        services.registry.rules.create(
            name, TESTER, enabled=True, ready_made="cost_ceiling", params={"minutes": minutes}, steps=[]
        )
    assert call_limit_seconds(services) == 300
    Rulebook(services).remove("cheap", TESTER)
    assert call_limit_seconds(services) == 3000
