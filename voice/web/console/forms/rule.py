"""The forms of rules: the parameters of a ready-made one; when and then, for one of one's own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from werkzeug.datastructures import MultiDict

from voice.control.base import Arguments, call_commands
from voice.rules import When
from voice.rules.engine.changes import NewRule
from voice.web.console.forms.form import Field, Form
from voice.web.console.forms.values import as_value
from voice.web.guards import services

WHEN, THEN, STEPS = "when.", "then.arguments.", "steps"
Errors = Iterable[Mapping[str, str]]


def params_fields(rule: Mapping[str, Any], values: Mapping[str, Any], errors: Errors = ()) -> list[Field]:
    """The fields of a ready-made rule."""
    return _params(rule).fields(values, errors)


def read_params(rule: Mapping[str, Any], given: MultiDict[str, str]) -> dict[str, Any]:
    """What was filled in for a ready-made rule."""
    return _params(rule).read(given)


def step_fields(step: Mapping[str, Any], errors: Errors = ()) -> tuple[list[Field], list[Field]]:
    """The fields of when, and of the command that follows with its arguments."""
    errors = [{**one, "field": one["field"].removeprefix("steps.0.")} for one in errors]
    then = step.get("then") or {}
    arguments = _arguments(then.get("command", ""))
    command = Field("then.command", "choice", "Command", value=then.get("command", ""), required=True)
    command.options = [("", "Choose one"), *_commands()]
    command.error = next((one["message"] for one in errors if one["field"] == command.name), "")
    command.refreshes = True
    return _when().fields(step.get("when") or {}, errors), [
        command, *arguments.fields(then.get("arguments") or {}, errors),
    ]  # fmt: skip


def read_step(given: MultiDict[str, str]) -> dict[str, Any]:
    """The step that was filled in, as the API takes it."""
    when = {name: value for name, value in _when().read(given).items() if value != []}
    command = given.get("then.command", "")
    return {"when": when, "then": {"command": command, "arguments": _arguments(command).read(given)}}


def steps_field(steps: Any, error: str = "") -> Field:
    """Several steps, as JSON: for a rule that is more than one form can hold."""
    return Field(
        STEPS, "json", "Steps", "Each with when and then, as the API takes them.", steps, True, error=error
    )


def read_steps(given: MultiDict[str, str]) -> Any:
    """What was written there; text that is no JSON stays text, and the model says so."""
    return as_value("json", {}, given.get(STEPS, ""))


def name_field(value: str = "", error: str = "") -> Field:
    """What a new rule is called."""
    schema = NewRule.model_json_schema()["properties"]["name"]
    told = "Small letters, digits and _; it stands where calls tell who did it."
    limits = {"pattern": schema["pattern"].strip("^$"), "autocomplete": "off"}
    return Field("name", "text", schema["title"], told, value, True, attributes=limits, error=error)


def _params(rule: Mapping[str, Any]) -> Form:
    return Form(rule["schema"], services().scenes)


def _when() -> Form:
    return Form(When.model_json_schema(), services().scenes, WHEN)


def _arguments(command: str) -> Form:
    kind = services().commands.get(command)
    schema = kind.as_json()["schema"] if kind else Arguments.model_json_schema()
    return Form(schema, services().scenes, THEN)


def _commands() -> list[tuple[str, str]]:
    kinds = sorted(call_commands(services().commands).values(), key=lambda kind: kind.title)
    return [(kind.name, kind.title) for kind in kinds]
