"""A command as a form, made from its arguments. The form runs the command or schedules it."""

from __future__ import annotations

import secrets
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from voice.calls import Call
from voice.commands.conference import Conference
from voice.control.base import AccountCommand, CallCommand, CommandKind
from voice.errors import MidcallError, NotFound, WrongState
from voice.registry import CommandRecord
from voice.web.admin.commands import run_or_plan
from voice.web.console.blueprint import blueprint
from voice.web.console.command_menu import is_danger
from voice.web.console.forms.form import Field, Form
from voice.web.console.forms.problems import CONSENT, field_errors, general_problem
from voice.web.console.forms.schedule import StartTime
from voice.web.console.labels.commands import sent_message
from voice.web.console.pages.call import known_call
from voice.web.errors import status_of
from voice.web.guards import open_to, operator, services


@blueprint.get("/calls/<call_sid>/<command>")
def call_command(call_sid: str, command: str) -> str:
    """The form of a command for one call. The query prefills it."""
    return _form(_call_command(command), known_call(call_sid))


@blueprint.post("/calls/<call_sid>/<command>")
@open_to("viewer")  # each command declares its own role
def run_call_command(call_sid: str, command: str) -> ResponseReturnValue:
    """Run the command and show the call, or show the form with its errors."""
    return _run(_call_command(command), known_call(call_sid))


@blueprint.get("/commands/<command>")
def lone_command(command: str) -> str:
    """The form of a command for no call in particular, such as dialing out."""
    return _form(_account_command(command), None)


@blueprint.post("/commands/<command>")
@open_to("viewer")  # each command declares its own role
def run_lone_command(command: str) -> ResponseReturnValue:
    """Run the command."""
    return _run(_account_command(command), None)


def _run(kind: CommandKind, call: Call | None) -> ResponseReturnValue:
    arguments, start = _arguments(kind).read(request.form), StartTime.read(request.form)
    call_sid = call.call_sid if call else None
    try:
        sent = run_or_plan(kind.name, call_sid, {**arguments, **start.arguments}, request.form.get("key"))
    except MidcallError as error:
        return _form(kind, call, arguments, error), status_of(error)
    flash(sent_message(kind, sent))
    shown_sid = sent.call_sid if isinstance(sent, CommandRecord) else call_sid
    page = url_for("console.call", call_sid=shown_sid) if shown_sid else url_for("console.live")
    return redirect(page, 303)


def _form(kind: CommandKind, call: Call | None, given: Any = None, error: MidcallError | None = None) -> str:
    form = _arguments(kind)
    prefilled = form.read(request.args) if request.args else {}
    fields = form.fields(prefilled if given is None else given, field_errors(error))
    start = StartTime.read(request.form or request.args).with_error(error)
    disconnected = _disconnected(kind, call)
    return render_template(
        "console/command.html",
        kind=kind.as_json(),
        is_danger=issubclass(kind, CallCommand) and is_danger(kind),
        call=call,
        disconnected=disconnected,
        fields=_with_consent_last(fields, error, needed=bool(disconnected)),
        problem=general_problem(error, [*fields, start]),
        conference=Conference if _lacks_conference(kind, call, error) else None,
        start=start,
        key=secrets.token_urlsafe(18),
        forbidden=not operator().has_role(kind.role),
    )


def _disconnected(kind: CommandKind, call: Call | None) -> list[Call]:
    if call is None or not call.live or not issubclass(kind, CallCommand):
        return []
    return kind.unfilled(services()).drops(call)


def _with_consent_last(fields: list[Field], error: MidcallError | None, needed: bool) -> list[Field]:
    """The fields; the checkbox for the disconnection of a party comes last, and only if there is such a party."""
    consent = [one for one in fields if one.name == CONSENT]
    is_missing = any(one["field"] == CONSENT for one in field_errors(error))
    return [one for one in fields if one not in consent] + (consent if needed or is_missing else [])


def _lacks_conference(kind: CommandKind, call: Call | None, error: MidcallError | None) -> bool:
    """True if the command was refused because the call is in no conference; the page offers to start one."""
    needs_one = issubclass(kind, CallCommand) and kind.needs_conference
    return isinstance(error, WrongState) and needs_one and call is not None and call.live and not call.in_room


def _arguments(kind: CommandKind) -> Form:
    return Form(kind.Arguments.model_json_schema(), services().scenes)


def _call_command(name: str) -> type[CallCommand]:
    kind = services().commands.get(name)
    if kind is None or not issubclass(kind, CallCommand):
        raise NotFound(f"There is no command {name[:64]!r}.")
    return kind


def _account_command(name: str) -> type[AccountCommand]:
    kind = services().commands.get(name)
    if kind is None or not issubclass(kind, AccountCommand):
        raise NotFound(f"There is no command {name[:64]!r}.")
    return kind
