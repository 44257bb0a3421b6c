"""The claims of workers on due plans.

A claim has a lease. When the lease ends, the worker is presumed dead and any worker can claim the plan.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import or_, select, update

from voice.events import now
from voice.registry.engine.database import Database
from voice.registry.plans import PLAN_FIELDS, Plan
from voice.registry.schema.plans import IS_OPEN, plans

LEASE_SECONDS = 30.0  # longer than a command and its retry may take


class PlanClaims:
    """Claims on plans. Whichever worker claims a plan runs it."""

    def __init__(self, database: Database):
        self._database = database

    def claim_due(self, limit: int) -> list[Plan]:
        """Claim due plans, and plans of a worker that has died.

        The claim is one conditional UPDATE, so one of several workers gets a plan.
        """
        moment = now()
        due = or_(
            (plans.c.state == "planned") & (plans.c.due_at <= moment),
            (plans.c.state == "running") & (plans.c.claimed_at < moment - timedelta(seconds=LEASE_SECONDS)),
        )
        first = select(plans.c.id).where(IS_OPEN, due).order_by(plans.c.due_at, plans.c.id).limit(limit)
        claim = update(plans).where(plans.c.id.in_(first), due).values(state="running", claimed_at=moment)
        rows = self._database.write(lambda c: c.execute(claim.returning(*PLAN_FIELDS)).all())
        return sorted((Plan(**row._mapping) for row in rows), key=lambda plan: (plan.due_at, plan.id))

    def give_back(self, plan: Plan, after_seconds: float) -> None:
        """Let any worker claim the plan again after a while: nothing was done."""
        mine = (plans.c.id == plan.id) & (plans.c.state == "running") & (plans.c.attempt == plan.attempt)
        claimed_at = now() + timedelta(seconds=after_seconds - LEASE_SECONDS)
        statement = update(plans).where(mine).values(claimed_at=claimed_at, attempt=plan.attempt + 1)
        self._database.execute_patiently(statement)
