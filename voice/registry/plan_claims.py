"""The claims of workers on due plans.

A claim has a lease. When the lease ends, the worker is presumed dead and any worker can claim the plan.
"""

from __future__ import annotations

from sqlalchemy import bindparam, or_, select, update

from voice.registry.engine.clock import database_time
from voice.registry.engine.database import Database
from voice.registry.plans import PLAN_CLAIMS, PLAN_FIELDS, Plan
from voice.registry.schema.plans import IS_OPEN, plans

LEASE_SECONDS = 30.0  # for the record of the command; a worker that takes over later finds that record
_IS_DUE = or_(
    (plans.c.state == "planned") & (plans.c.due_at <= database_time()),
    (plans.c.state == "running") & PLAN_CLAIMS.is_free,
)
_DUE = select(plans.c.id).where(IS_OPEN, _IS_DUE).order_by(plans.c.due_at, plans.c.id)


class PlanClaims:
    """Claims on plans. Whichever worker claims a plan runs it."""

    def __init__(self, database: Database, owner: str):
        self._database = database
        self._claim = (
            update(plans)
            .where(plans.c.id.in_(bindparam("plan_ids", expanding=True)), _IS_DUE)
            .values(state="running", claimed_at=database_time(), **PLAN_CLAIMS.take(owner, LEASE_SECONDS))
            .returning(*PLAN_FIELDS)
        )

    def claim_due(self, limit: int) -> list[Plan]:
        """Claim due plans, and plans of a worker that has died. One of several workers gets a plan."""
        found = self._database.fetch_column(_DUE.limit(limit))
        if not found:
            return []
        rows = self._database.write(lambda c: c.execute(self._claim, {"plan_ids": found}).all())
        return sorted((Plan(**row._mapping) for row in rows), key=lambda plan: (plan.due_at, plan.id))

    def give_back(self, plan: Plan, after_seconds: float) -> None:
        """Let any worker claim the plan again after a while: nothing was done."""
        mine = (plans.c.state == "running") & PLAN_CLAIMS.is_of(plan.claim)
        values = {**PLAN_CLAIMS.renew(after_seconds), "attempt": plan.attempt + 1}
        self._database.execute_patiently(update(plans).where(mine).values(values))
