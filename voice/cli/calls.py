"""`flask calls`: list, show and follow calls. Each command of the catalogue is a subcommand with its options."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any

import click
from flask.cli import AppGroup, with_appcontext
from pydantic.fields import FieldInfo

from voice.calls import ENDED, LIVE
from voice.cli.inputs import parse_pairs
from voice.cli.output import format_call, format_command, format_plan
from voice.cli.shell import handle_errors, operator_name, services
from voice.control.base import CallCommand, CommandKind
from voice.control.runner import Runner
from voice.errors import CallNotFound
from voice.events import Event
from voice.plans.planner import Planner
from voice.plans.schedule import split
from voice.registry import CallQuery

STATUS_WORDS = ("live", "ended", *LIVE, *ENDED)
POLL_SECONDS = 0.5
TIMES = (
    click.Option(["--at"], help="Run later, at a time with its zone, like 2026-03-01T17:00:00+01:00."),
    click.Option(["--after-seconds"], type=float, help="Run later, after this many seconds."),
)


def group(commands: Mapping[str, CommandKind]) -> AppGroup:
    """The group, with a subcommand for each command of the catalogue."""
    calls = AppGroup("calls", help="List calls, and run commands for live calls.")
    for subcommand in (list_calls, show, follow):
        calls.add_command(subcommand)
    for kind in commands.values():
        calls.add_command(_subcommand(kind))
    return calls


@click.command("list")
@click.option("--status", multiple=True, type=click.Choice(STATUS_WORDS), help="Repeatable.")
@click.option(
    "--limit", type=click.IntRange(min=1), default=50, show_default=True, help="The number of calls."
)
@with_appcontext
@handle_errors
def list_calls(status: tuple[str, ...], limit: int) -> None:
    """List calls, newest first."""
    found, _ = services().registry.calls.find(CallQuery(status=status, limit=limit))
    for call in found:
        click.echo(format_call(call))
    if not found:
        click.echo("No calls.")


@click.command()
@click.argument("call_sid")
@with_appcontext
@handle_errors
def show(call_sid: str) -> None:
    """Show a call with all its events."""
    registry = services().registry
    call = registry.calls.get(call_sid)
    if call is None:
        raise CallNotFound(f"The registry has no call {call_sid[:64]!r}. Check the CallSid.")
    click.echo(format_call(call))
    for event in registry.events.of_call(call_sid):
        click.echo(_format_event(event))


@click.command()
@click.option("--after", type=int, help="Start after the event with this id; by default with the next event.")
@with_appcontext
@handle_errors
def follow(after: int | None) -> None:
    """Print all events as they happen, until Ctrl-C."""
    registry = services().registry
    last = registry.events.last_id() if after is None else after
    while True:
        for event in registry.events.after(last):
            click.echo(_format_event(event))
            last = event.id
        time.sleep(POLL_SECONDS)


def _format_event(event: Event) -> str:
    shown = event.as_json()
    details = json.dumps(shown["details"], ensure_ascii=False) if shown["details"] else ""
    fact = f"{shown['call_sid'] or '-'}  {shown['kind']:<20} {shown['source']}"
    return f"{shown['id']:>6}  {shown['at']}  {fact}  {details}"


def _subcommand(kind: CommandKind) -> click.Command:
    """The subcommand: an argument for the call, an option for each field of the command's model."""
    fields = kind.Arguments.model_fields
    options: list[click.Parameter] = [_option(name, field) for name, field in fields.items()]
    names = {name: field.alias or name for name, field in fields.items()}
    call = [click.Argument(["call_sid"])] if issubclass(kind, CallCommand) else []

    @with_appcontext
    @handle_errors
    def run(call_sid: str | None = None, **values: Any) -> None:
        given = {names.get(name, name): value for name, value in values.items() if value not in (None, {})}
        arguments, when = split(given)
        if when is None:
            record = Runner(services()).run(kind.name, arguments, operator_name(), call_sid)
            click.echo(format_command(record))
        else:
            plan = Planner(services()).create(kind.name, arguments, when, operator_name(), call_sid)
            click.echo(format_plan(plan))

    return click.Command(kind.name, params=[*call, *options, *TIMES], callback=run, help=kind.title)


def _option(name: str, field: FieldInfo) -> click.Option:
    flag = f"--{(field.alias or name).replace('_', '-')}"
    if "dict" in str(field.annotation):
        return click.Option(
            [flag, name], multiple=True, callback=parse_pairs, metavar="NAME=VALUE", help=field.title
        )
    return click.Option([flag, name], required=field.is_required(), help=field.title)
