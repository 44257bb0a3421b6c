"""`flask plans`: commands that run later."""

from __future__ import annotations

from typing import Any

import click
from flask.cli import AppGroup

from voice.cli.inputs import parse_json_option
from voice.cli.output import format_plan
from voice.cli.shell import handle_errors, operator_name, services
from voice.plans.planner import Planner
from voice.plans.schedule import PlanChange
from voice.registry import PlanQuery
from voice.registry.plans import STATES
from voice.validation import validate

plans = AppGroup(
    "plans",
    help="Manage commands that run later; --at and --after-seconds of `flask calls COMMAND` plan them.",
)


@plans.command("list")
@click.option("--state", multiple=True, type=click.Choice(STATES), help="Repeatable.")
@click.option("--call", "call_sid", help="Only plans for this call.")
@click.option(
    "--limit", type=click.IntRange(min=1), default=50, show_default=True, help="The number of plans."
)
@handle_errors
def list_plans(state: tuple[str, ...], call_sid: str | None, limit: int) -> None:
    """List plans, newest first."""
    found, _ = services().registry.plans.find(PlanQuery(state=state, call_sid=call_sid, limit=limit))
    for plan in found:
        click.echo(format_plan(plan))
    if not found:
        click.echo("No plans.")


@plans.command()
@click.argument("plan_id", type=int)
@click.option("--at", help="The new time with its zone, like 2026-03-01T17:00:00+01:00.")
@click.option("--after-seconds", type=float, help="The new delay in seconds, from now.")
@click.option("--arguments", metavar="JSON", callback=parse_json_option, help="The new arguments.")
@handle_errors
def change(plan_id: int, at: str | None, after_seconds: float | None, arguments: Any) -> None:
    """Change the time or the arguments of a plan."""
    given = {"at": at, "after_seconds": after_seconds, "arguments": arguments}
    wanted = validate(PlanChange, {name: value for name, value in given.items() if value is not None})
    click.echo(format_plan(Planner(services()).change(plan_id, wanted, operator_name())))


@plans.command()
@click.argument("plan_id", type=int)
@handle_errors
def cancel(plan_id: int) -> None:
    """Cancel a plan."""
    click.echo(format_plan(Planner(services()).cancel(plan_id, operator_name())))
