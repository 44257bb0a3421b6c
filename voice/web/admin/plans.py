"""Plans: commands that run later. They are listed, changed and canceled."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from voice.plans.planner import Planner
from voice.plans.schedule import PlanChange
from voice.registry import Plan, PlanQuery
from voice.registry.plans import PlanState
from voice.web.admin.inputs import Query
from voice.web.admin.route import Answer, route
from voice.web.guards import operator, services


class PlansQuery(Query):
    """Filters and page of the plans."""

    state: list[PlanState] = []
    call_sid: Annotated[str | None, Field(max_length=34)] = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    cursor: Annotated[int | None, Field(ge=1, lt=2**63)] = None

    def as_plan_query(self) -> PlanQuery:
        """The query for the registry."""
        return PlanQuery(**{**dict(self), "state": tuple(self.state)})


class PlanPage(Answer):
    """A page of plans, and the cursor of the next page."""

    plans: list[Plan]
    next: int | None


class PlanAnswer(Answer):
    """One plan."""

    plan: Plan


@route("GET", "/plans", role="viewer")
def list_plans(query: PlansQuery) -> PlanPage:
    """List the plans with their outcomes, newest first."""
    found, following = services().registry.plans.find(query.as_plan_query())
    return PlanPage(plans=found, next=following)


@route("GET", "/plans/<int:plan_id>", role="viewer")
def show_plan(plan_id: int) -> PlanAnswer:
    """Show one plan."""
    return PlanAnswer(plan=Planner(services()).get(plan_id))


@route("PATCH", "/plans/<int:plan_id>", role="operator")
def change_plan(plan_id: int, body: PlanChange) -> PlanAnswer:
    """Give a plan another time or other arguments. It then runs in the name of the operator who changed it."""
    return PlanAnswer(plan=planner_for(plan_id).change(plan_id, body, operator().name))


@route("DELETE", "/plans/<int:plan_id>", role="operator")
def cancel_plan(plan_id: int) -> PlanAnswer:
    """Cancel a plan. It stays in the list."""
    return PlanAnswer(plan=planner_for(plan_id).cancel(plan_id, operator().name))


def planner_for(plan_id: int) -> Planner:
    """The planner, if the operator may run the command of the plan. Raises NotFound, NotAllowed."""
    planner = Planner(services())
    kind = services().commands.get(planner.get(plan_id).command)
    operator().require_role(kind.role if kind else "operator")
    return planner
