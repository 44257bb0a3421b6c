"""A new bulk run: for which calls, with which arguments, and what that would do, before anything is done."""

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
from voice.web.console.forms.form import Form, problem
from voice.web.console.forms.schedule import Later
from voice.web.console.pages.live import menu
from voice.web.guards import longest_body, open_to, operator, services
from voice.web.live_calls import live_calls

FILTERS = ("from", "to", "scene", "q")
OWN = ("csrf_token", "preview", "refresh", "token")  # fields of a page itself, not of what was chosen


@dataclass
class Chosen:
    """Which calls: these, or all that are live and match; neither, if nothing was chosen."""

    call_sids: list[str]
    filters: dict[str, str]
    all_live: bool

    @classmethod
    def read(cls, given: MultiDict[str, str]) -> Chosen:
        """What was sent; CallSids one to a field, or many with white space between them."""
        call_sids = list(dict.fromkeys(" ".join(given.getlist("call_sids")).split()))
        filters = {name: given.get(f"select.{name}", "").strip() for name in FILTERS}
        return cls(
            call_sids, {name: text for name, text in filters.items() if text}, given.get("all") == "live"
        )

    @property
    def select(self) -> dict[str, Any]:
        """As the API takes it."""
        return {"call_sids": self.call_sids} if self.call_sids else self.filters


@blueprint.route("/bulk/new", methods=["GET", "POST"])
@open_to("viewer")  # the command says who may
@longest_body(LONGEST_BODY)
def new_bulk() -> ResponseReturnValue:
    """First the calls and the command, then its arguments, then the preview; each is a page that is sent on."""
    given = request.values
    chosen, kind = Chosen.read(given), _kind(given.get("command", ""))
    if kind is None or not (chosen.call_sids or chosen.all_live):
        return _choose(given)
    operator().require_role(kind.role)
    form = Form(kind.as_json()["schema"], services().scenes)
    ready = "preview" in given or not kind.Arguments.model_fields
    if not ready or "refresh" in given or request.method == "GET":
        first = not {"refresh", "preview"} & {*given}
        return _arguments(kind, chosen, {} if first else form.read(given), None)
    return _preview(kind, chosen, form.read(given), Later())


@blueprint.post("/bulk")
@open_to("viewer")  # the command says who may
@longest_body(LONGEST_BODY)
def start_bulk_run() -> ResponseReturnValue:
    """Run what was previewed, exactly; at once or later. With a time that cannot be it is previewed again."""
    later = Later.read(request.form)
    try:
        start: BulkStart = validate(BulkStart, {"token": request.form.get("token", ""), **later.when})
        run = BulkRuns(services()).start(start.token, operator(), start.due_at)
    except ArgumentsRefused as error:
        kind = _kind(request.form.get("command", ""))
        if kind is None or not later.refused(error).error:
            raise
        arguments = Form(kind.as_json()["schema"], services().scenes).read(request.form)
        return _preview(kind, Chosen.read(request.form), arguments, later)
    flash("The run is planned." if start.due_at else "The run has begun.")
    return redirect(url_for("console.bulk_run", run_id=run.id), 303)


def _kind(name: str) -> type[CallCommand] | None:
    return call_commands(services().commands).get(name)


def _choose(given: Mapping[str, str]) -> str:
    return render_template(
        "console/new_bulk_calls.html", menu=menu(operator()), scenes=services().scenes.values(), given=given
    )


def _arguments(
    kind: type[CallCommand], chosen: Chosen, values: Mapping[str, Any], error: ArgumentsRefused | None
) -> str:
    form = Form(kind.as_json()["schema"], services().scenes)
    fields = form.fields(values, (error and error.fields) or ())
    return render_template(
        "console/new_bulk_arguments.html",
        kind=kind.as_json(),
        chosen=chosen,
        fields=fields,
        problem=problem(error, fields),
    )


def _preview(
    kind: type[CallCommand], chosen: Chosen, arguments: dict[str, Any], later: Later
) -> ResponseReturnValue:
    asked = {"command": kind.name, "arguments": arguments, "select": chosen.select}
    try:
        preview = BulkRuns(services()).preview(validate(BulkRequest, asked), operator())
    except ArgumentsRefused as error:
        return _arguments(kind, chosen, arguments, error), 422
    return _previewed(kind, chosen, preview, later), 422 if later.error else 200


def _previewed(kind: type[CallCommand], chosen: Chosen, preview: Preview, later: Later) -> str:
    return render_template(
        "console/new_bulk_preview.html",
        kind=kind.as_json(),
        chosen=chosen,
        preview=preview,
        ended=[call for call in preview.calls if not call.live],
        dropped={call.call_sid: others for call, others in preview.would_drop},
        dropping=kind(preview.run.arguments, services()).may_go_on,
        calls=[call.as_json() for call in live_calls(services(), preview.calls[:SHOWN])],
        later=later,
        given=[
            (name, value)
            for name, value in request.form.items(multi=True)
            if name not in OWN and not name.startswith("later.")
        ],
    )
