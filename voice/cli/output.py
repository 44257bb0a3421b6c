"""Errors and results as the command line tells them."""

from __future__ import annotations

import getpass
import json
from collections.abc import Callable
from functools import wraps
from typing import Any, cast

import click
from flask import current_app

from voice.calls import Call
from voice.errors import Malformed, MidcallError
from voice.events import now
from voice.json_record import iso
from voice.registry import CommandRecord, Plan
from voice.services import Services
from voice.validation import parse_json


def services() -> Services:
    """What this app was built of."""
    return cast(Services, current_app.extensions["midcall"])


def who() -> str:
    """In whose name the command line acts."""
    return f"cli:{getpass.getuser()}"


def pairs(_context: click.Context, _option: click.Parameter, given: tuple[str, ...]) -> dict[str, str]:
    """What was given as name=value, one by one."""
    wrong = [pair for pair in given if "=" not in pair]
    if wrong:
        raise click.BadParameter(f"{wrong[0]!r} should look like name=value")
    return {name: value for name, _, value in (pair.partition("=") for pair in given)}


def parsed(text: str) -> Any:
    """What was given as JSON."""
    try:
        return parse_json(text)
    except Malformed as error:
        raise click.BadParameter(f"{text[:80]!r} is not JSON that Midcall accepts. {error.message}") from None


def tells_errors(command: Callable[..., Any]) -> Callable[..., Any]:
    """An error of ours is one line and exit code 1."""

    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> Any:
        try:
            return command(*args, **kwargs)
        except MidcallError as error:
            raise click.ClickException(error.message) from error

    return run


def line_of_call(call: Call) -> str:
    """One call on one line: sid, status, how long, who, to whom, where."""
    until = call.ended_at or now()
    seconds = (
        call.duration_seconds
        if call.duration_seconds is not None
        else int((until - call.started_at).total_seconds())
    )
    parts = (
        call.call_sid,
        f"{call.status:<11}",
        f"{seconds:>5}s",
        f"{call.from_ or '?'} -> {call.to or '?'}",
        call.scene or "-",
    )
    return "  ".join(parts)


def line_of_command(record: CommandRecord) -> str:
    """One command on one line: its number, what it was, how far it came, and what was said about it."""
    told = f": {record.message}" if record.message else ""
    return f"#{record.id} {record.command} {record.call_sid or ''} {record.state}{told}"


def line_of_plan(plan: Plan) -> str:
    """One plan on one line: its number, when, what, how far it came, and what was said about it."""
    told = f": {plan.message}" if plan.message else ""
    what = f"{plan.command} {plan.call_sid or ''} {json.dumps(plan.arguments, ensure_ascii=False)}"
    return f"plan {plan.id}  {iso(plan.due_at)}  {what}  {plan.state}{told}"
