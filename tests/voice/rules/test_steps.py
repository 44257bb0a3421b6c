"""What operators send to change a rule, and the steps that a stored rule has."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from voice.errors import ArgumentsRefused
from voice.registry import Rule
from voice.rules import all_rules
from voice.rules.engine.changes import NewRule, RuleChange
from voice.rules.engine.rule import Step
from voice.rules.engine.steps import all_params, details_of, steps_of

START = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
KINDS = all_rules()
END = {"command": "end", "arguments": {}}
STEPS = [{"when": {"scene": ["menu"]}, "then": END}, {"when": {}, "then": END}]


def stored(ready_made: str | None = None, **changes: Any) -> Rule:
    """A stored rule."""
    values = {"id": 7, "name": "ours", "enabled": True, "params": {}, "steps": [], "changed_by": "ann"}
    return Rule(**{**values, "ready_made": ready_made, "changed_at": START, **changes})


# What operators send


def test_a_single_condition_and_command_is_one_step():
    change = RuleChange(when={"scene": ["menu"]}, then=END)
    assert change.all_steps == [{"when": {"scene": ["menu"]}, "then": END}]
    assert RuleChange(then=END).all_steps == [{"when": {}, "then": END}]
    assert RuleChange(steps=STEPS).all_steps == STEPS
    assert RuleChange(enabled=False).all_steps == []


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"when": {}}, "enter a command for the condition"),
        ({"when": {}, "steps": STEPS}, "enter a command for the condition"),
        ({"then": END, "steps": STEPS}, "not both"),
        ({"then": END, "when": {}, "steps": STEPS}, "not both"),
    ],
)
def test_half_a_step_or_two_forms_of_it_are_refused(given, message):
    with pytest.raises(ValidationError, match=message):
        RuleChange(**given)


@pytest.mark.parametrize("steps", [[], STEPS * 11])
def test_a_rule_has_one_to_twenty_steps(steps):
    with pytest.raises(ValidationError):
        RuleChange(steps=steps)
    assert len(RuleChange(steps=STEPS * 10).all_steps) == 20


@pytest.mark.parametrize("name", ["", "9a", "A", "a-b", "a b", "_a", "a" * 61, "a\n", "\u00e4"])
def test_the_name_of_a_rule_is_lowercase_letters_digits_and_underscores(name):
    with pytest.raises(ValidationError):
        NewRule(name=name, then=END)
    assert NewRule(name="a" * 60, then=END).name == "a" * 60
    assert NewRule(name="a_9", then=END).ready_made is None


# What a stored rule has


def test_a_rule_has_its_own_steps():
    assert steps_of(stored(steps=STEPS), KINDS) == [Step.model_validate(step) for step in STEPS]
    assert all_params(stored(steps=STEPS), KINDS) == {}


def test_a_ready_made_rule_has_the_steps_of_its_parameters():
    rule = stored("cost_ceiling", params={"minutes": 5}, steps=STEPS)
    limit, end = steps_of(rule, KINDS)
    assert (limit.then.command, limit.then.arguments) == ("time_limit", {"seconds": 300})
    assert (end.then.command, end.when.lasted_seconds) == ("end", 300)
    assert all_params(rule, KINDS) == {"minutes": 5}
    assert all_params(stored("cost_ceiling"), KINDS) == {"minutes": 60}


def test_invalid_parameters_and_an_unknown_kind_are_refused_with_their_field():
    for rule, field in (
        (stored("cost_ceiling", params={"minutes": 0}), "params.minutes"),
        (stored("gone"), "ready_made"),
    ):
        with pytest.raises(ArgumentsRefused) as refused:
            steps_of(rule, KINDS)
        assert [one["field"] for one in refused.value.fields] == [field]


def test_the_details_of_a_rule_of_its_own():
    assert details_of(stored(steps=STEPS), KINDS, 3) == {
        "id": 7, "name": "ours", "title": "ours", "help": "", "enabled": True, "ready_made": None, "params": {},
        "schema": None, "steps": STEPS, "hits": 3, "changed_by": "ann", "changed_at": "2026-03-01T09:30:00.000Z",
    }  # fmt: skip


def test_the_details_of_a_ready_made_rule_show_its_title_and_all_parameters():
    details = details_of(stored("long_calls", params={"end_after_minutes": 40}), KINDS, 0)
    assert (details["title"], details["ready_made"]) == ("Long call warning", "long_calls")
    assert details["help"] == "Warn the caller of a long call, and end the call some minutes later."
    ceiling = details_of(stored("cost_ceiling"), KINDS, 0)["help"]  # the first line of several
    assert ceiling == "Set Twilio's TimeLimit for each call, so that Twilio ends it even if Midcall is down."
    assert details["params"]["end_after_minutes"] == 40
    assert details["params"]["warn_after_minutes"] == 25
    assert set(details["schema"]["properties"]) == set(details["params"])
    assert [step["then"]["command"] for step in details["steps"]] == ["say", "end"]


def test_a_ready_made_rule_that_was_never_changed_has_no_id_and_no_time():
    details = details_of(stored("long_calls", id=0, changed_by="", enabled=False), KINDS, 0)
    assert (details["id"], details["changed_by"], details["changed_at"]) == (None, None, None)
    assert details["enabled"] is False


@pytest.mark.parametrize(
    "rule",
    [stored("gone"), stored("cost_ceiling", params={"minutes": 0}), stored(steps=[{"then": {"no": 1}}])],
)
def test_a_rule_that_cannot_be_read_is_shown_without_steps(rule):
    assert details_of(rule, KINDS, 0)["steps"] == []
