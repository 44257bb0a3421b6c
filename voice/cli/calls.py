"""`flask calls`: list, show and follow calls; every command of the catalogue is a verb, with its options."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any

import click
from flask.cli import AppGroup, with_appcontext
from pydantic.fields import FieldInfo

from voice.calls import ENDED, LIVE
from voice.cli.output import line_of_call, line_of_command, line_of_plan, pairs, services, tells_errors, who
from voice.control.base import CallCommand, CommandKind
from voice.control.runner import Runner
from voice.errors import CallNotFound
from voice.plans.planner import Planner
from voice.plans.schedule import split
from voice.registry import CallQuery

STATUS_WORDS = ("live", "ended", *LIVE, *ENDED)
POLL_SECONDS = 0.5
TIMES = (
    click.Option(["--at"], help="later: a time with its zone, like 2026-03-01T17:00:00+01:00"),
    click.Option(["--after-seconds"], type=float, help="later: so many seconds from now"),
)


def group(commands: Mapping[str, CommandKind]) -> AppGroup:
    """The group, with a verb for each command."""
    calls = AppGroup("calls", help="See the calls, and change those that are live.")
    for verb in (list_calls, show, follow):
        calls.add_command(verb)
    for kind in commands.values():
        calls.add_command(_verb(kind))
    return calls


@click.command("list")
@click.option("--status", multiple=True, type=click.Choice(STATUS_WORDS), help="may be repeated")
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True)
@with_appcontext
@tells_errors
def list_calls(status: tuple[str, ...], limit: int) -> None:
    """Calls, newest first."""
    found, _ = services().registry.calls.find(CallQuery(status=status, limit=limit))
    for call in found:
        click.echo(line_of_call(call))
    if not found:
        click.echo("No calls.")


@click.command()
@click.argument("call_sid")
@with_appcontext
@tells_errors
def show(call_sid: str) -> None:
    """One call and all that happened to it."""
    registry = services().registry
    call = registry.calls.get(call_sid)
    if call is None:
        raise CallNotFound(f"the registry has no call {call_sid!r}")
    click.echo(line_of_call(call))
    for event in registry.events.of_call(call_sid):
        click.echo(_line_of_event(event.as_json()))


@click.command()
@click.option("--after", type=int, help="begin after the event with this number; else from now on")
@with_appcontext
@tells_errors
def follow(after: int | None) -> None:
    """All events as they happen, until Ctrl-C."""
    registry = services().registry
    last = registry.events.last_id() if after is None else after
    while True:
        for event in registry.events.after(last):
            click.echo(_line_of_event(event.as_json()))
            last = event.id
        time.sleep(POLL_SECONDS)


def _line_of_event(event: dict[str, Any]) -> str:
    details = json.dumps(event["details"], ensure_ascii=False) if event["details"] else ""
    who = f"{event['call_sid'] or '-'}  {event['kind']:<20} {event['source']}"
    return f"{event['id']:>6}  {event['at']}  {who}  {details}"


def _verb(kind: CommandKind) -> click.Command:
    """The command's CLI verb: an argument for the call, an option for each field of its model."""
    fields = kind.Arguments.model_fields
    options: list[click.Parameter] = [_option(name, field) for name, field in fields.items()]
    names = {name: field.alias or name for name, field in fields.items()}
    call = [click.Argument(["call_sid"])] if issubclass(kind, CallCommand) else []

    @with_appcontext
    @tells_errors
    def run(call_sid: str | None = None, **given: Any) -> None:
        asked = {names.get(name, name): value for name, value in given.items() if value not in (None, {})}
        arguments, when = split(asked)
        if when is None:
            click.echo(line_of_command(Runner(services()).run(kind.name, arguments, who(), call_sid)))
        else:
            click.echo(line_of_plan(Planner(services()).create(kind.name, arguments, when, who(), call_sid)))

    return click.Command(kind.name, params=[*call, *options, *TIMES], callback=run, help=kind.title)


def _option(name: str, field: FieldInfo) -> click.Option:
    flag = f"--{(field.alias or name).replace('_', '-')}"
    if "dict" in str(field.annotation):
        return click.Option(
            [flag, name], multiple=True, callback=pairs, metavar="NAME=VALUE", help=field.title
        )
    return click.Option([flag, name], required=field.is_required(), help=field.title)
