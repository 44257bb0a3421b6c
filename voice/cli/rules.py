"""`flask rules`: automatic actions."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import click
from flask.cli import AppGroup

from voice.cli.inputs import parse_json_option, parse_pairs
from voice.cli.shell import actor, handle_errors, services
from voice.rules.engine.changes import NewRule, RuleChange
from voice.rules.engine.rulebook import Rulebook
from voice.validation import validate

rules = AppGroup("rules", help="Manage automatic actions for calls.")


@rules.command("list")
@handle_errors
def list_rules() -> None:
    """List all rules with their steps; a ready-made rule is off until it is enabled."""
    for rule in Rulebook(services()).all():
        click.echo(_format_rule(rule))


@rules.command()
@click.argument("name")
@click.option(
    "--param",
    "params",
    multiple=True,
    callback=parse_pairs,
    metavar="NAME=VALUE",
    help="A parameter to change. Repeatable.",
)
@handle_errors
def enable(name: str, params: dict[str, str]) -> None:
    """Enable a rule; a parameter that is not given keeps its value."""
    _change(name, enabled=True, **({"params": {**_params_of(name), **params}} if params else {}))


@rules.command()
@click.argument("name")
@handle_errors
def disable(name: str) -> None:
    """Disable a rule."""
    _change(name, enabled=False)


@rules.command()
@click.argument("name")
@click.option(
    "--when",
    required=True,
    metavar="JSON",
    callback=parse_json_option,
    help='The condition, like {"scene": ["menu"], "waited_seconds": 60}.',
)
@click.option(
    "--then",
    required=True,
    metavar="JSON",
    callback=parse_json_option,
    help='The command, like {"command": "redirect", "arguments": {"scene": "voicemail"}}.',
)
@handle_errors
def add(name: str, when: Any, then: Any) -> None:
    """Add a rule and enable it."""
    wanted = validate(NewRule, {"name": name, "when": when, "then": then})
    click.echo(_format_rule(Rulebook(services()).create(wanted, actor())))


@rules.command()
@click.argument("name")
@handle_errors
def remove(name: str) -> None:
    """Remove a rule; a ready-made rule returns to its defaults."""
    Rulebook(services()).remove(name, actor())
    click.echo(f"{name} is removed.")


def _change(name: str, **values: Any) -> None:
    change = validate(RuleChange, values)
    click.echo(_format_rule(Rulebook(services()).change(name, change, actor())))


def _params_of(name: str) -> dict[str, Any]:
    return Rulebook(services()).get(name)["params"]


def _format_rule(rule: Mapping[str, Any]) -> str:
    state = "on" if rule["enabled"] else "off"
    steps = "; ".join(
        f"{json.dumps(step['when'])} -> {step['then']['command']} {json.dumps(step['then']['arguments'])}"
        for step in rule["steps"]
    )
    return f"{rule['name']:<24} {state:<3}  {rule['hits']:>5} calls  {steps}"
