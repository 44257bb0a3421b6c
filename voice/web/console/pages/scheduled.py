"""Scheduled: what is going to happen, and when; changed and cancelled; below, what became of what was planned."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from voice.control.base import CommandKind
from voice.errors import ArgumentsRefused, NotFound
from voice.plans.schedule import PlanChange
from voice.registry import BulkRun, Plan, PlanQuery
from voice.validation import validate
from voice.web.admin.plans import planner_for
from voice.web.console.blueprint import Entry, blueprint
from voice.web.console.forms.form import Form, problem
from voice.web.console.forms.schedule import Later
from voice.web.guards import open_to, operator, services

ENTRY = Entry("Scheduled", "console.scheduled", 30)
OVER = ("run", "refused", "missed", "cancelled")
COMING = 200  # plans that are shown
PAGE = 50


@blueprint.get("/scheduled")
def scheduled() -> str:
    """The next one first; of what is over, the last made first."""
    registry = services().registry
    after, coming = registry.events.last_id(), registry.plans.upcoming(COMING)
    cursor = request.args.get("cursor", type=int)
    over, following = registry.plans.find(PlanQuery(state=OVER, limit=PAGE, cursor=cursor))
    return render_template(
        "console/scheduled.html",
        coming=sorted([*coming, *_runs_to_come()], key=_due_at),
        over=over,
        following=following,
        calls=registry.calls.get_many([plan.call_sid for plan in [*coming, *over] if plan.call_sid]),
        after=after,
    )


@blueprint.get("/scheduled/<int:plan_id>")
def plan(plan_id: int) -> str:
    """The form that changes it."""
    found = _found(plan_id)
    given = _arguments(found).read(request.args) if request.args else found.arguments
    return _form(found, given, Later(), None)


@blueprint.post("/scheduled/<int:plan_id>")
@open_to("operator")
def change_plan(plan_id: int) -> ResponseReturnValue:
    """Another time, other arguments; it is then in the name of whoever changed it."""
    found, later = _found(plan_id), Later.read(request.form)
    given = _arguments(found).read(request.form)
    try:
        change = validate(PlanChange, {"arguments": given, **later.when})
        planner_for(plan_id).change(plan_id, change, operator().name)
    except ArgumentsRefused as error:
        return _form(found, given, later, error), 422
    flash("The plan is changed.")
    return redirect(url_for("console.scheduled"), 303)


@blueprint.post("/scheduled/<int:plan_id>/cancel")
@open_to("operator")
def cancel_plan(plan_id: int) -> ResponseReturnValue:
    """It is not run."""
    planner_for(plan_id).cancel(plan_id, operator().name)
    flash("The plan is cancelled.")
    return redirect(url_for("console.scheduled"), 303)


def _runs_to_come() -> list[BulkRun]:
    return [run for run in services().registry.bulk.all(PAGE) if run.state == "queued" and run.due_at]


def _due_at(one: Plan | BulkRun) -> datetime:
    return one.due_at or one.created_at


def _form(found: Plan, values: dict[str, Any], later: Later, error: ArgumentsRefused | None) -> str:
    fields = _arguments(found).fields(values, (error and error.fields) or ())
    later.refused(error)
    return render_template(
        "console/plan.html",
        plan=found,
        fields=fields,
        later=later,
        problem=problem(error, [*fields, later]),
        due_at=found.due_at if error is None else None,
    )


def _found(plan_id: int) -> Plan:
    found = services().registry.plans.get(plan_id) if plan_id < 2**63 else None
    if found is None:
        raise NotFound(f"there is no plan {plan_id}")
    return found


def _arguments(found: Plan) -> Form:
    return Form(_kind(found).as_json()["schema"], services().scenes)


def _kind(found: Plan) -> CommandKind:
    kind = services().commands.get(found.command)
    if kind is None:
        raise NotFound(f"there is no command {found.command!r} any more")
    return kind
