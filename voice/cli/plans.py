"""`flask plans`: what is to run later."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from voice.cli.output import line_of_plan, parsed, services, tells_errors, who
from voice.plans.planner import Planner
from voice.plans.schedule import PlanChange
from voice.registry import PlanQuery
from voice.registry.plans import STATES
from voice.validation import validate

plans = AppGroup(
    "plans", help="Commands that run later. Any verb of `flask calls` takes --at or --after-seconds."
)


@plans.command("list")
@click.option("--state", multiple=True, type=click.Choice(STATES), help="may be repeated")
@click.option("--call", "call_sid", help="of this call only")
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True)
@tells_errors
def list_plans(state: tuple[str, ...], call_sid: str | None, limit: int) -> None:
    """Plans, the last made first."""
    found, _ = services().registry.plans.find(PlanQuery(state=state, call_sid=call_sid, limit=limit))
    for plan in found:
        click.echo(line_of_plan(plan))
    if not found:
        click.echo("No plans.")


@plans.command()
@click.argument("plan_id", type=int)
@click.option("--at", help="a time with its zone, like 2026-03-01T17:00:00+01:00")
@click.option("--after-seconds", type=float, help="from now")
@click.option("--arguments", help="as JSON")
@tells_errors
def change(plan_id: int, at: str | None, after_seconds: float | None, arguments: str | None) -> None:
    """Give a plan another time or other arguments."""
    given = {"at": at, "after_seconds": after_seconds, "arguments": arguments and parsed(arguments)}
    wanted = validate(PlanChange, {name: value for name, value in given.items() if value is not None})
    click.echo(line_of_plan(Planner(services()).change(plan_id, wanted, who())))


@plans.command()
@click.argument("plan_id", type=int)
@tells_errors
def cancel(plan_id: int) -> None:
    """Cancel a plan."""
    click.echo(line_of_plan(Planner(services()).cancel(plan_id, who())))
