"""`flask calls` plans a command for later, and `flask plans` lists, changes and cancels plans."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.support.command_line import error_of, output_of, usage_error_of
from voice.registry import PlanQuery, Registry


def only_plan(registry: Registry) -> Any:
    """The plan, which is the only one."""
    ((plan,), _) = registry.plans.find(PlanQuery())
    return plan


@pytest.fixture
def call_sid(twilio) -> str:
    """A live call."""
    return twilio.calls()


def test_a_command_with_a_delay_becomes_a_plan(app, registry, call_sid):
    announcement = ("--scene", "announcement", "--params", "text=Hi")
    line = output_of(app, "calls", "redirect", call_sid, *announcement, "--after-seconds", "60")
    plan = only_plan(registry)
    assert re.match(rf'plan {plan.id}  20\S+Z  redirect {call_sid} {{"scene": "announcement"', line)
    assert line.endswith("planned\n")
    assert plan.arguments == {"scene": "announcement", "params": {"text": "Hi"}}
    assert plan.operator.startswith("cli:")


def test_a_time_without_a_zone_is_refused(app, registry, call_sid):
    assert error_of(app, "calls", "end", call_sid, "--at", "2026-03-01T17:00:00").startswith("at: ")
    assert registry.plans.find(PlanQuery()) == ([], None)


def test_plans_are_listed_changed_and_canceled(app, registry, call_sid):
    assert output_of(app, "plans", "list") == "No plans.\n"
    output_of(app, "calls", "end", call_sid, "--after-seconds", "60")
    plan = only_plan(registry)
    assert output_of(app, "plans", "list").count("\n") == 1
    assert output_of(app, "plans", "list", "--state", "cancelled") == "No plans.\n"
    assert output_of(app, "plans", "list", "--call", "CA" + "9" * 32) == "No plans.\n"
    change = ("plans", "change", str(plan.id), "--after-seconds", "7200", "--arguments", '{"text": "Bye"}')
    output_of(app, *change)
    changed = only_plan(registry)
    assert (changed.due_at > plan.due_at, changed.arguments) == (True, {"text": "Bye"})
    assert output_of(app, "plans", "cancel", str(plan.id)).endswith("cancelled\n")
    assert error_of(app, "plans", "cancel", str(plan.id)) == (
        "The plan is in the state cancelled. Only a plan in the state planned can be changed."
    )


def test_arguments_that_are_not_json_are_refused(app, call_sid, registry):
    output_of(app, "calls", "end", call_sid, "--after-seconds", "60")
    change = ("plans", "change", str(only_plan(registry).id), "--arguments", "{")
    assert "Invalid value for '--arguments': Send valid JSON." in usage_error_of(app, *change)
