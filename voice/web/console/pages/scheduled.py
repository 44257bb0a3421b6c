"""Scheduled commands: upcoming plans and bulk runs, which can be edited and canceled, and past plans."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from voice.commands.dial import Dial
from voice.errors import ArgumentsRefused, NotFound
from voice.plans.schedule import PlanChange
from voice.registry import BulkRun, Plan, PlanQuery
from voice.validation import validate
from voice.web.admin.inputs import read_query
from voice.web.admin.plans import PlansQuery, planner_for
from voice.web.console.blueprint import Entry, blueprint
from voice.web.console.forms.form import Form
from voice.web.console.forms.problems import field_errors, general_problem
from voice.web.console.forms.schedule import StartTime
from voice.web.guards import open_to, operator, services

ENTRY = Entry("Scheduled", "console.scheduled", 30)
PAST = ("run", "refused", "missed", "cancelled")
UPCOMING_LISTED = 200  # plans
PAGE = 50


@blueprint.get("/scheduled")
def scheduled() -> str:
    """Upcoming commands, the next one first, and past ones, the newest first."""
    registry, cursor = services().registry, read_query(PlansQuery).cursor
    after, upcoming = registry.events.last_id(), registry.plans.upcoming(UPCOMING_LISTED)
    past, next_cursor = registry.plans.find(PlanQuery(state=PAST, limit=PAGE, cursor=cursor))
    return render_template(
        "console/scheduled.html",
        upcoming=sorted([*upcoming, *_upcoming_runs()], key=_due_at),
        past=past,
        next_cursor=next_cursor,
        calls=registry.calls.get_many([plan.call_sid for plan in [*upcoming, *past] if plan.call_sid]),
        after=after,
        dial=Dial,
    )


@blueprint.get("/scheduled/<int:plan_id>")
def plan(plan_id: int) -> str:
    """The form that edits a plan."""
    found = _plan(plan_id)
    arguments = _arguments(found).read(request.args) if request.args else found.arguments
    return _edit_page(found, arguments, StartTime(), None)


@blueprint.post("/scheduled/<int:plan_id>")
@open_to("operator")
def change_plan(plan_id: int) -> ResponseReturnValue:
    """Change time or arguments. The plan then belongs to the operator who changed it."""
    found, start = _plan(plan_id), StartTime.read(request.form)
    arguments = _arguments(found).read(request.form)
    try:
        change = validate(PlanChange, {"arguments": arguments, **start.arguments})
        planner_for(plan_id).change(plan_id, change, operator().name)
    except ArgumentsRefused as error:
        return _edit_page(found, arguments, start, error), 422
    flash("The scheduled command is saved.")
    return redirect(url_for("console.scheduled"), 303)


@blueprint.post("/scheduled/<int:plan_id>/cancel")
@open_to("operator")
def cancel_plan(plan_id: int) -> ResponseReturnValue:
    """Cancel a plan."""
    planner_for(plan_id).cancel(plan_id, operator().name)
    flash("The scheduled command is canceled.")
    return redirect(url_for("console.scheduled"), 303)


def _upcoming_runs() -> list[BulkRun]:
    return [run for run in services().registry.bulk.all(PAGE) if run.state == "queued" and run.due_at]


def _due_at(one: Plan | BulkRun) -> datetime:
    return one.due_at or one.created_at


def _edit_page(
    found: Plan, arguments: dict[str, Any], start: StartTime, error: ArgumentsRefused | None
) -> str:
    fields = _arguments(found).fields(arguments, field_errors(error))
    start.with_error(error)
    return render_template(
        "console/plan.html",
        plan=found,
        fields=fields,
        start=start,
        problem=general_problem(error, [*fields, start]),
        due_at=found.due_at if error is None else None,
    )


def _plan(plan_id: int) -> Plan:
    found = services().registry.plans.get(plan_id) if plan_id < 2**63 else None
    if found is None:
        raise NotFound(f"There is no scheduled command {plan_id}.")
    return found


def _arguments(found: Plan) -> Form:
    kind = services().commands.get(found.command)
    if kind is None:
        raise NotFound(f"The command {found.command!r} no longer exists. Cancel this scheduled command.")
    return Form(kind.Arguments.model_json_schema(), services().scenes)
