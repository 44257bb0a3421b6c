"""One command, as a form: what the catalogue says it takes; sent, it runs or is planned."""

from __future__ import annotations

import secrets
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from voice.calls import Call
from voice.control.base import AccountCommand, CallCommand, CommandKind
from voice.errors import ArgumentsRefused, CallNotFound, MidcallError, NotFound, WouldDrop
from voice.registry import CommandRecord, Plan
from voice.web.admin.commands import run_or_plan
from voice.web.console.blueprint import blueprint
from voice.web.console.forms.form import Field, Form, problem
from voice.web.console.forms.schedule import Later
from voice.web.errors import status_of
from voice.web.guards import open_to, operator, services

TOLD = {
    "requested": "asked for", "accepted": "Twilio said yes", "confirmed": "done",
    "unconfirmed": "Twilio did not say whether it was done; its word is being asked for",
}  # fmt: skip
IF_MEANT = "tick this if that is meant; who is moved into a room first is not hung up on"


@blueprint.get("/calls/<call_sid>/<command>")
def call_command(call_sid: str, command: str) -> str:
    """The form of a command for one call; what stands in the query is filled in."""
    return _form(_call_kind(command), _call(call_sid))


@blueprint.post("/calls/<call_sid>/<command>")
@open_to("viewer")  # a command says its own role
def run_call_command(call_sid: str, command: str) -> ResponseReturnValue:
    """Run it; back to the call, or to the form with what was wrong."""
    return _run(_call_kind(command), _call(call_sid))


@blueprint.get("/commands/<command>")
def lone_command(command: str) -> str:
    """The form of a command that is about no one call, such as dialling out."""
    return _form(_account_kind(command), None)


@blueprint.post("/commands/<command>")
@open_to("viewer")
def run_lone_command(command: str) -> ResponseReturnValue:
    """Run it."""
    return _run(_account_kind(command), None)


def _run(kind: CommandKind, call: Call | None) -> ResponseReturnValue:
    given = _arguments(kind).read(request.form)
    try:
        when = Later.read(request.form).when
        asked = run_or_plan(
            kind.name, call.call_sid if call else None, {**given, **when}, request.form.get("key")
        )
    except ArgumentsRefused as error:
        return _form(kind, call, given, error), 422
    except WouldDrop as error:
        error.fields = [{"field": "even_if_dropping", "message": IF_MEANT}]
        return _form(kind, call, given, error), 409
    except MidcallError as error:
        return _form(kind, call, given, error), status_of(error)
    flash(_told(kind, asked))
    call_sid = asked.call_sid if isinstance(asked, CommandRecord) else call and call.call_sid
    return redirect(url_for("console.call", call_sid=call_sid) if call_sid else url_for("console.live"), 303)


def _form(kind: CommandKind, call: Call | None, given: Any = None, error: MidcallError | None = None) -> str:
    form = _arguments(kind)
    asked = form.read(request.args) if request.args else {}
    fields = form.fields(asked if given is None else given, (error and error.fields) or ())
    later = Later.read(request.form or request.args).refused(error)
    return render_template(
        "console/command.html",
        kind=kind.as_json(),
        call=call,
        dropped=(dropped := _dropped(kind, call)),
        fields=_without_needless(fields, needed=bool(dropped) or isinstance(error, WouldDrop)),
        problem=problem(error, [*fields, later]),
        later=later,
        key=secrets.token_urlsafe(18),
        forbidden=not operator().has_role(kind.role),
    )


def _dropped(kind: CommandKind, call: Call | None) -> list[Call]:
    if call is None or not call.live or not issubclass(kind, CallCommand):
        return []
    return kind.unfilled(services()).drops(call)


def _without_needless(fields: list[Field], needed: bool) -> list[Field]:
    """The word that somebody may be hung up on comes last, and only where somebody would be."""
    word = [one for one in fields if one.name == "even_if_dropping"]
    return [one for one in fields if one not in word] + (word if needed else [])


def _arguments(kind: CommandKind) -> Form:
    return Form(kind.as_json()["schema"], services().scenes)


def _call_kind(name: str) -> type[CallCommand]:
    kind = services().commands.get(name)
    if kind is None or not issubclass(kind, CallCommand):
        raise NotFound(f"there is no command {name[:64]!r}")
    return kind


def _account_kind(name: str) -> type[AccountCommand]:
    kind = services().commands.get(name)
    if kind is None or not issubclass(kind, AccountCommand):
        raise NotFound(f"there is no command {name[:64]!r}")
    return kind


def _call(call_sid: str) -> Call:
    found = services().registry.calls.get(call_sid)
    if found is None:
        raise CallNotFound(f"the registry has no call {call_sid[:64]!r}")
    return found


def _told(kind: CommandKind, asked: CommandRecord | Plan) -> str:
    if isinstance(asked, Plan):
        return f"{kind.title}: planned, see Scheduled"
    return f"{kind.title}: {asked.message or TOLD.get(asked.state, asked.state)}"
