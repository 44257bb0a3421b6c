"""Commands: run now, or planned if the body has a time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from voice.calls import Call, call_of
from voice.control.base import CallCommand, CommandKind, call_commands
from voice.control.runner import Runner
from voice.errors import MidcallError, NotFound, RegistryUnavailable
from voice.plans.planner import Planner
from voice.plans.schedule import split
from voice.registry import CommandRecord, Plan
from voice.services import Services
from voice.twilio.calls import call_facts
from voice.web.admin.inputs import idempotency_key, json_object
from voice.web.admin.plans import PlanAnswer
from voice.web.admin.route import route
from voice.web.guards import operator, services


class PlannedCommand(PlanAnswer):
    """The plan of a command that runs later."""

    http_status = 202


@dataclass(frozen=True, kw_only=True)
class DialedCall(Call):
    """A call that was dialed, with the command that dialed it."""

    command: CommandRecord


def _for_one_call(services: Services) -> Iterable[CommandKind]:
    return call_commands(services.commands).values()


def _for_no_call(services: Services) -> Iterable[CommandKind]:
    return [kind for kind in services.commands.values() if not issubclass(kind, CallCommand)]


def _dial_alone(services: Services) -> Iterable[CommandKind]:
    return [services.commands["dial"]]


@route("POST", "/calls/<call_sid>/<command>", role="viewer", commands=_for_one_call)
def run_command(call_sid: str, command: str) -> CommandRecord | PlannedCommand:
    """Run a command on a live call. The command's role applies.

    The answer is the command with Twilio's answer; with `at` or `after_seconds` in the body, the plan.
    """
    return _answer(run_or_plan(command, call_sid))


@route("POST", "/commands/<command>", role="viewer", commands=_for_no_call)
def run_alone(command: str) -> CommandRecord | PlannedCommand:
    """Run a command that is not about one call. The command's role applies."""
    return _answer(run_or_plan(command, None))


@route("POST", "/calls", role="operator", status=201, commands=_dial_alone)
def dial() -> DialedCall | PlannedCommand:
    """Dial out. The answer is the call as it enters the registry, with the command that dialed it."""
    done = run_or_plan("dial", None)
    if isinstance(done, Plan):
        return PlannedCommand(plan=done)
    return DialedCall(**vars(_dialed_call(done)), command=done)


def _dialed_call(done: CommandRecord) -> Call:
    """The call from the registry; from Twilio while the registry cannot be used."""
    call_sid = done.call_sid or ""
    try:
        call = services().registry.calls.get(call_sid)
    except RegistryUnavailable:
        call = None
    try:
        return call or call_of(call_facts(services().twilio.calls.fetch(call_sid)), done.requested_at)
    except MidcallError as error:
        error.command = done
        raise


def run_or_plan(
    name: str, call_sid: str | None, body: dict[str, Any] | None = None, key: str | None = None
) -> CommandRecord | Plan:
    """Run the command with the arguments in `body`, or plan it if `body` has `at` or `after_seconds`.

    Without `body` and `key` they are read from the request. Raises NotFound for an unknown command, NotAllowed if
    the operator's role is too low, and otherwise what Runner and Planner raise.
    """
    kind = services().commands.get(name)
    if kind is None or issubclass(kind, CallCommand) != (call_sid is not None):
        raise NotFound(f"There is no command {name[:64]!r}. See the list at /admin/commands.")
    operator().require_role(kind.role)
    arguments, when = split(json_object() if body is None else body)
    by, key = operator().name, key or idempotency_key()
    if when is None:
        return Runner(services()).run(name, arguments, by, call_sid, key)
    return Planner(services()).create(name, arguments, when, by, call_sid, key)


def _answer(done: CommandRecord | Plan) -> CommandRecord | PlannedCommand:
    return PlannedCommand(plan=done) if isinstance(done, Plan) else done
