"""A new bulk run in three steps: choose calls and command, enter arguments, and confirm the preview."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from voice.bulk.runs import SHOWN, BulkRuns, Preview
from voice.bulk.selection import BulkRequest
from voice.control.base import CallCommand, call_commands
from voice.errors import ArgumentsRefused
from voice.validation import validate
from voice.web.admin.bulk import LONGEST_BODY, BulkStart
from voice.web.console.blueprint import blueprint
from voice.web.console.command_menu import is_danger, menu_of_list
from voice.web.console.forms.form import Form
from voice.web.console.forms.problems import field_errors, general_problem
from voice.web.console.forms.schedule import StartTime
from voice.web.guards import longest_body, open_to, operator, services
from voice.web.live_calls import live_calls

FILTERS = ("from", "to", "scene", "q")
STEP_FIELDS = ("csrf_token", "preview", "refresh", "token")  # fields of a step itself, not handed to the next


@dataclass
class CallChoice:
    """The chosen calls: by CallSid, or all live calls that match the filters."""

    call_sids: list[str]
    filters: dict[str, str]
    all_live: bool

    @classmethod
    def read(cls, sent: MultiDict[str, str]) -> CallChoice:
        """The choice in a form. CallSids come one per field, or several with white space between them."""
        call_sids = list(dict.fromkeys(" ".join(sent.getlist("call_sids")).split()))
        filters = {name: sent.get(f"select.{name}", "").strip() for name in FILTERS}
        given = {name: text for name, text in filters.items() if text}
        return cls(call_sids, given, sent.get("all") == "live")

    @property
    def select(self) -> dict[str, Any]:
        """The choice as the API takes it."""
        return {"call_sids": self.call_sids} if self.call_sids else self.filters


@blueprint.route("/bulk/new", methods=["GET", "POST"])
@open_to("viewer")  # each command declares its own role
@longest_body(LONGEST_BODY)
def new_bulk() -> ResponseReturnValue:
    """The next step for what was sent so far."""
    sent = request.values
    choice, kind = CallChoice.read(sent), _command(sent.get("command", ""))
    if kind is None or not (choice.call_sids or choice.all_live):
        return _calls_step(sent)
    operator().require_role(kind.role)
    form = _form(kind)
    is_filled_in = "preview" in sent or not kind.Arguments.model_fields
    if not is_filled_in or "refresh" in sent or request.method == "GET":
        is_first = not {"refresh", "preview"} & {*sent}
        return _arguments_step(kind, choice, {} if is_first else form.read(sent), None)
    return _preview_step(kind, choice, form.read(sent), StartTime())


@blueprint.post("/bulk")
@open_to("viewer")  # each command declares its own role
@longest_body(LONGEST_BODY)
def start_bulk_run() -> ResponseReturnValue:
    """Start the previewed run, at once or later. A wrong start time leads to a new preview with the error."""
    start = StartTime.read(request.form)
    try:
        token = request.form.get("token", "")
        wanted: BulkStart = validate(BulkStart, {"token": token, **start.arguments})
        run = BulkRuns(services()).start(wanted.token, operator(), wanted.due)
    except ArgumentsRefused as error:
        kind = _command(request.form.get("command", ""))
        if kind is None or not start.with_error(error).error:
            raise
        arguments = _form(kind).read(request.form)
        return _preview_step(kind, CallChoice.read(request.form), arguments, start)
    flash("The run is scheduled." if wanted.due else "The run is started.")
    return redirect(url_for("console.bulk_run", run_id=run.id), 303)


def _command(name: str) -> type[CallCommand] | None:
    return call_commands(services().commands).get(name)


def _form(kind: type[CallCommand]) -> Form:
    return Form(kind.Arguments.model_json_schema(), services().scenes)


def _calls_step(sent: Mapping[str, str]) -> str:
    menu, scenes = menu_of_list(services(), operator()), services().scenes.values()
    return render_template("console/new_bulk_calls.html", menu=menu, scenes=scenes, sent=sent)


def _arguments_step(
    kind: type[CallCommand], choice: CallChoice, values: Mapping[str, Any], error: ArgumentsRefused | None
) -> str:
    fields = _form(kind).fields(values, field_errors(error))
    return render_template(
        "console/new_bulk_arguments.html",
        kind=kind.as_json(),
        choice=choice,
        fields=fields,
        problem=general_problem(error, fields),
    )


def _preview_step(
    kind: type[CallCommand], choice: CallChoice, arguments: dict[str, Any], start: StartTime
) -> ResponseReturnValue:
    wanted = {"command": kind.name, "arguments": arguments, "select": choice.select}
    try:
        preview = BulkRuns(services()).preview(validate(BulkRequest, wanted), operator())
    except ArgumentsRefused as error:
        return _arguments_step(kind, choice, arguments, error), 422
    return _preview_page(kind, choice, preview, start), 422 if start.error else 200


def _preview_page(kind: type[CallCommand], choice: CallChoice, preview: Preview, start: StartTime) -> str:
    return render_template(
        "console/new_bulk_preview.html",
        kind=kind.as_json(),
        is_danger=is_danger(kind),
        choice=choice,
        preview=preview,
        ended=[call for call in preview.calls if not call.live],
        disconnected={call.call_sid: others for call, others in preview.would_drop},
        has_consent=kind(preview.run.arguments, services()).may_go_on,
        calls=[call.as_json() for call in live_calls(services(), preview.calls[:SHOWN])],
        start=start,
        earlier_steps=_earlier_steps(),
    )


def _earlier_steps() -> list[tuple[str, str]]:
    """The fields of the earlier steps, for the way back."""
    return [
        (name, value)
        for name, value in request.form.items(multi=True)
        if name not in STEP_FIELDS and not name.startswith("later.")
    ]
