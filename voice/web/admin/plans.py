"""Plans in the admin API: what is to run later, seen, changed and cancelled."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request

from voice.plans.planner import Planner
from voice.plans.schedule import Change
from voice.validation import validate
from voice.web.admin import queries
from voice.web.admin.command_requests import body
from voice.web.guards import operator, services

blueprint = Blueprint("plans", __name__, url_prefix="/plans")


@blueprint.get("")
def list_plans() -> dict[str, Any]:
    """The commands that are planned, and what became of those that were; the last made comes first."""
    query = queries.read(queries.PlansQuery, request.args)
    found, following = services().registry.plans.find(query.as_plan_query())
    return {"plans": [plan.as_json() for plan in found], "next": following}


@blueprint.get("/<int:plan_id>")
def show_plan(plan_id: int) -> dict[str, Any]:
    """One plan."""
    return {"plan": Planner(services()).get(plan_id).as_json()}


@blueprint.patch("/<int:plan_id>")
def change_plan(plan_id: int) -> dict[str, Any]:
    """Give a plan another time or other arguments; it is then in the name of whoever did so."""
    planner = planner_for(plan_id)
    return {"plan": planner.change(plan_id, validate(Change, body()), operator().name).as_json()}


@blueprint.delete("/<int:plan_id>")
def cancel_plan(plan_id: int) -> dict[str, Any]:
    """Cancel a plan; it stays in the list."""
    return {"plan": planner_for(plan_id).cancel(plan_id, operator().name).as_json()}


def planner_for(plan_id: int) -> Planner:
    """Raises NotFound, and NotAllowed to whom the command itself is not allowed."""
    planner = Planner(services())
    kind = services().commands.get(planner.get(plan_id).command)
    operator().must_be(kind.role if kind else "operator")
    return planner
