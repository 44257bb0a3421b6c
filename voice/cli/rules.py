"""`flask rules`: what is done to calls by itself."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import click
from flask.cli import AppGroup

from voice.cli.output import pairs, parsed, services, tells_errors, who
from voice.rules.engine.changes import NewRule, RuleChange
from voice.rules.engine.rulebook import Rulebook
from voice.validation import validate

rules = AppGroup("rules", help="What is done by itself to calls that match.")


@rules.command("list")
@tells_errors
def list_rules() -> None:
    """All rules, and what they do; those that came with Midcall are off until they are switched on."""
    for rule in Rulebook(services()).all():
        click.echo(_line(rule))


@rules.command()
@click.argument("name")
@click.option(
    "--param", "params", multiple=True, callback=pairs, metavar="NAME=VALUE", help="may be repeated"
)
@tells_errors
def enable(name: str, params: dict[str, str]) -> None:
    """Switch a rule on, with other parameters if some are given."""
    _change(name, enabled=True, **({"params": {**_params_of(name), **params}} if params else {}))


@rules.command()
@click.argument("name")
@tells_errors
def disable(name: str) -> None:
    """Switch a rule off."""
    _change(name, enabled=False)


@rules.command()
@click.argument("name")
@click.option("--when", required=True, help='as JSON: {"scene": ["menu"], "waited_seconds": 60}')
@click.option(
    "--then", required=True, help='as JSON: {"command": "redirect", "arguments": {"scene": "voicemail"}}'
)
@tells_errors
def add(name: str, when: str, then: str) -> None:
    """Make a rule, switched on."""
    wanted = validate(NewRule, {"name": name, "when": parsed(when), "then": parsed(then)})
    click.echo(_line(Rulebook(services()).create(wanted, who())))


@rules.command()
@click.argument("name")
@tells_errors
def remove(name: str) -> None:
    """Remove a rule; one that came with Midcall is then as it came."""
    Rulebook(services()).remove(name, who())
    click.echo(f"{name} is removed.")


def _change(name: str, **given: Any) -> None:
    click.echo(_line(Rulebook(services()).change(name, validate(RuleChange, given), who())))


def _params_of(name: str) -> dict[str, Any]:
    return Rulebook(services()).get(name)["params"]


def _line(rule: Mapping[str, Any]) -> str:
    state = "on" if rule["enabled"] else "off"
    steps = "; ".join(
        f"{json.dumps(step['when'])} -> {step['then']['command']} {json.dumps(step['then']['arguments'])}"
        for step in rule["steps"]
    )
    return f"{rule['name']:<24} {state:<3}  {rule['hits']:>5} calls  {steps}"
