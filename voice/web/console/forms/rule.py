"""The forms of rules: the parameters of a ready-made rule, and condition and command of an operator's own rule."""

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

WHEN, THEN, COMMAND, STEPS = "when.", "then.arguments.", "then.command", "steps"
NAME_HELP = "Lowercase letters, digits, and underscores; timelines show this name."
STEPS_HELP = "A JSON list; each step has `when` and `then` as in the API."
Errors = Iterable[Mapping[str, str]]


def params_fields(rule: Mapping[str, Any], values: Mapping[str, Any], errors: Errors = ()) -> list[Field]:
    """The fields of a ready-made rule."""
    errors = [{**one, "field": one["field"].removeprefix("params.")} for one in errors]
    return _params(rule).fields(values, errors)


def read_params(rule: Mapping[str, Any], sent: MultiDict[str, str]) -> dict[str, Any]:
    """The parameters of a ready-made rule."""
    return _params(rule).read(sent)


def condition_fields(step: Mapping[str, Any], errors: Errors = ()) -> list[Field]:
    """The fields of a step's condition."""
    return _condition().fields(step.get("when") or {}, _of_step(errors))


def command_fields(step: Mapping[str, Any], errors: Errors = ()) -> list[Field]:
    """The field for a step's command, and the fields of the command's arguments."""
    then, errors = step.get("then") or {}, _of_step(errors)
    command = Field(
        COMMAND, "choice", "Command", value=then.get("command", ""), required=True,
        options=[("", "Choose a command"), *_commands()], error=_error_of(COMMAND, errors), reloads_fields=True,
    )  # fmt: skip
    arguments = _arguments(then.get("command", "")).fields(then.get("arguments") or {}, errors)
    return [command, *arguments]


def read_step(sent: MultiDict[str, str]) -> dict[str, Any]:
    """The step, as the API takes it."""
    when = {name: value for name, value in _condition().read(sent).items() if value != []}
    command = sent.get(COMMAND, "")
    return {"when": when, "then": {"command": command, "arguments": _arguments(command).read(sent)}}


def steps_field(steps: Any, errors: Errors = ()) -> Field:
    """Several steps as JSON, for a rule that one form cannot hold."""
    return Field(STEPS, "json", "Steps", STEPS_HELP, steps, True, error=_error_of(STEPS, errors))


def read_steps(sent: MultiDict[str, str]) -> Any:
    """The steps. Text that is not JSON stays text, and the model refuses it."""
    return as_value("json", {}, sent.get(STEPS, ""))


def name_field(value: str = "", errors: Errors = ()) -> Field:
    """The name of a new rule."""
    schema = NewRule.model_json_schema()["properties"]["name"]
    limits = {"pattern": schema["pattern"], "title": NAME_HELP, "autocomplete": "off"}
    error = _error_of("name", errors)
    return Field("name", "text", schema["title"], NAME_HELP, value, True, attributes=limits, error=error)


def _of_step(errors: Errors) -> list[Mapping[str, str]]:
    """The errors of the first step, without its number."""
    return [{**one, "field": one["field"].removeprefix("steps.0.")} for one in errors]


def _error_of(name: str, errors: Errors) -> str:
    return next((one["message"] for one in errors if one["field"] == name), "")


def _params(rule: Mapping[str, Any]) -> Form:
    return Form(rule["schema"], services().scenes)


def _condition() -> Form:
    return Form(When.model_json_schema(), services().scenes, WHEN)


def _arguments(command: str) -> Form:
    kind = services().commands.get(command)
    model = kind.Arguments if kind else Arguments
    return Form(model.model_json_schema(), services().scenes, THEN)


def _commands() -> list[tuple[str, str]]:
    kinds = sorted(call_commands(services().commands).values(), key=lambda kind: kind.title)
    return [(kind.name, kind.title) for kind in kinds]
