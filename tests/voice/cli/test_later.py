"""Plans and rules on the command line."""

from __future__ import annotations

import re
from typing import Any

import pytest
from click.testing import Result
from flask import Flask

from voice.registry import PlanQuery, Registry


def run(app: Flask, *arguments: str) -> Result:
    """`flask …` in this process."""
    result = app.test_cli_runner().invoke(args=list(arguments))
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exc_info
    return result


def told(app: Flask, *arguments: str) -> str:
    """What a command that works prints."""
    result = run(app, *arguments)
    assert result.exit_code == 0, result.output
    return result.output


def the_plan(registry: Registry) -> Any:
    """The only plan."""
    ((plan,), _) = registry.plans.find(PlanQuery())
    return plan


@pytest.fixture
def call(twilio) -> str:
    """A call that is live."""
    return twilio.calls()


# Plans


def test_any_verb_runs_later(app, registry, call):
    line = told(
        app,
        "calls",
        "redirect",
        call,
        "--scene",
        "announcement",
        "--params",
        "text=Hi",
        "--after-seconds",
        "60",
    )
    plan = the_plan(registry)
    assert re.match(rf'plan {plan.id}  20\S+Z  redirect {call} {{"scene": "announcement"', line)
    assert line.endswith("planned\n")
    assert (plan.arguments, plan.operator[:4]) == (
        {"scene": "announcement", "params": {"text": "Hi"}},
        "cli:",
    )


def test_a_time_without_a_zone_is_refused(app, registry, call):
    result = run(app, "calls", "end", call, "--at", "2026-03-01T17:00:00")
    assert result.exit_code == 1
    assert result.output.startswith("Error: at: ")
    assert registry.plans.find(PlanQuery()) == ([], None)


def test_plans_are_listed_changed_and_cancelled(app, registry, call):
    assert told(app, "plans", "list") == "No plans.\n"
    told(app, "calls", "end", call, "--after-seconds", "60")
    plan = the_plan(registry)
    assert told(app, "plans", "list").count("\n") == 1
    assert told(app, "plans", "list", "--state", "cancelled") == "No plans.\n"
    assert told(app, "plans", "list", "--call", "CA" + "9" * 32) == "No plans.\n"
    told(app, "plans", "change", str(plan.id), "--after-seconds", "7200", "--arguments", '{"text": "Bye"}')
    changed = the_plan(registry)
    assert (changed.due_at > plan.due_at, changed.arguments) == (True, {"text": "Bye"})
    assert told(app, "plans", "cancel", str(plan.id)).endswith("cancelled\n")
    again = run(app, "plans", "cancel", str(plan.id))
    assert (again.exit_code, again.output) == (
        1,
        "Error: The plan is in the state cancelled. Only a plan in the state planned can be changed.\n",
    )


def test_arguments_that_are_not_json(app, call, registry):
    told(app, "calls", "end", call, "--after-seconds", "60")
    result = run(app, "plans", "change", str(the_plan(registry).id), "--arguments", "{")
    assert result.exit_code == 2
    assert "is not JSON" in result.output


# Rules


def line_of(app: Flask, name: str) -> str:
    """The rule's line in the list."""
    (line,) = [line for line in told(app, "rules", "list").splitlines() if line.startswith(f"{name} ")]
    return line


def test_a_ready_made_rule_is_switched_on_and_off(app, registry):
    assert " off " in line_of(app, "long_calls")
    told(
        app,
        "rules",
        "enable",
        "long_calls",
        "--param",
        "warn_after_minutes=5",
        "--param",
        "text=Soon = over.",
    )
    assert " on " in line_of(app, "long_calls")
    assert registry.rules.get("long_calls").params == {
        "warn_after_minutes": 5,
        "end_after_minutes": 30,
        "text": "Soon = over.",
    }
    told(app, "rules", "disable", "long_calls")
    assert " off " in line_of(app, "long_calls")
    assert registry.rules.get("long_calls").params["warn_after_minutes"] == 5


def test_a_rule_of_ones_own_comes_and_goes(app):
    then = '{"command": "redirect", "arguments": {"scene": "voicemail"}}'
    line = told(app, "rules", "add", "too_long", "--when", '{"waited_seconds": 60}', "--then", then)
    assert '{"waited_seconds": 60} -> redirect {"scene": "voicemail"}' in line
    assert told(app, "rules", "remove", "too_long") == "too_long is removed.\n"
    assert "too_long" not in told(app, "rules", "list")


def test_rules_that_cannot_be(app):
    assert run(app, "rules", "enable", "nothing").output == "Error: There is no rule 'nothing'.\n"
    assert run(app, "rules", "add", "x", "--when", "{", "--then", "{}").exit_code == 2
    assert run(app, "rules", "enable", "long_calls", "--param", "minutes").exit_code == 2
    refused = run(app, "rules", "enable", "long_calls", "--param", "warn_after_minutes=soon")
    assert refused.output.startswith("Error: params.warn_after_minutes: ")
