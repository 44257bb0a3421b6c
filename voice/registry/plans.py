"""The store of plans: commands that run later, once. Workers claim due plans in `plan_claims.py`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, get_args

from sqlalchemy import Connection, select, update
from sqlalchemy.exc import IntegrityError

from voice.event_kinds import KindName
from voice.events import NewEvent, now
from voice.json_record import Internal, JsonRecord, UtcTime
from voice.registry.claims import Claim, Claims
from voice.registry.engine.clock import due_time
from voice.registry.engine.database import Database
from voice.registry.engine.sequence import add_event, lock_sequence, take_id
from voice.registry.schema.plans import IS_OPEN, plans

PlanState = Literal["planned", "running", "run", "refused", "missed", "cancelled"]
STATES: tuple[PlanState, ...] = get_args(PlanState)


@dataclass(frozen=True)
class Plan(JsonRecord):
    """A command that runs at `due_at` (UTC) in the name of `operator`, and its outcome."""

    id: int
    call_sid: str | None
    command: str
    arguments: dict[str, Any]
    operator: str
    due_at: UtcTime
    state: PlanState
    command_id: int | None
    message: str | None
    created_at: UtcTime
    fingerprint: Internal[str | None] = None
    attempt: Internal[int] = 1
    fence: Internal[int] = 0
    claimed_at: Internal[UtcTime | None] = None

    @property
    def claim(self) -> Claim:
        """The claim of the worker that has read the plan."""
        return Claim(PLAN_CLAIMS, (self.id,), self.fence)

    @property
    def key(self) -> str:
        """The idempotency key of the command: it runs once, whichever worker tries."""
        return f"plan:{self.id}" if self.attempt == 1 else f"plan:{self.id}:{self.attempt}"


PLAN_CLAIMS = Claims(plans)
PLAN_FIELDS = [plans.c[name] for name in Plan.__dataclass_fields__]
_SELECT = select(*PLAN_FIELDS)


@dataclass(frozen=True)
class PlanQuery:
    """The filters of `GET /admin/plans`. `cursor` is the id of the last plan of the page before."""

    state: tuple[str, ...] = ()
    call_sid: str | None = None
    limit: int = 50
    cursor: int | None = None


class PlanStore:
    """All plans. Each change of a plan is an event, in the same transaction."""

    def __init__(self, database: Database):
        self._database = database

    def create(
        self, name: str, arguments: dict[str, Any], operator: str, call_sid: str | None,
        due: datetime | timedelta, key: str | None, fingerprint: str,
    ) -> Plan:  # fmt: skip
        """A new plan; or the operator's plan that has the same idempotency key."""
        row = {
            "call_sid": call_sid,
            "command": name,
            "arguments": arguments,
            "operator": operator,
            "made_by": operator,
            "state": "planned",
            "created_at": now(),
            "idempotency_key": key,
            "fingerprint": fingerprint,
        }
        try:
            return self._database.write_patiently(lambda connection: _insert(connection, row, due))
        except IntegrityError:
            known = (plans.c.made_by == operator) & (plans.c.idempotency_key == key)
            return self._database.fetch_all(Plan, _SELECT.where(known))[0]

    def get(self, plan_id: int) -> Plan | None:
        """The plan, or None."""
        return self._database.fetch_first(Plan, _SELECT.where(plans.c.id == plan_id))

    def find(self, query: PlanQuery) -> tuple[list[Plan], int | None]:
        """One page of plans, newest first, and the cursor of the next page or None."""
        statement = _SELECT.order_by(plans.c.id.desc()).limit(query.limit + 1)
        if query.state:
            statement = statement.where(plans.c.state.in_(query.state))
        if query.call_sid:
            statement = statement.where(plans.c.call_sid == query.call_sid)
        if query.cursor:
            statement = statement.where(plans.c.id < query.cursor)
        found = self._database.fetch_all(Plan, statement)
        return found[: query.limit], found[query.limit - 1].id if len(found) > query.limit else None

    def upcoming(self, limit: int) -> list[Plan]:
        """Plans that are planned or running, the next one first."""
        query = _SELECT.where(IS_OPEN).order_by(plans.c.due_at, plans.c.id).limit(limit)
        return self._database.fetch_all(Plan, query)

    def change(
        self, plan_id: int, operator: str, due: datetime | timedelta | None = None, **values: Any
    ) -> Plan | None:
        """Change the time or the arguments, and put the plan in this operator's name; None unless it is planned."""
        if due is not None:
            values["due_at"] = due_time(due)
        return self._move(plan_id, ("planned",), "plan.changed", operator, operator=operator, **values)

    def cancel(self, plan_id: int, operator: str) -> Plan | None:
        """Cancel the plan; None unless it is planned."""
        return self._move(plan_id, ("planned",), "plan.cancelled", operator, state="cancelled")

    def finish(
        self, plan: Plan, state: PlanState, message: str | None = None, command_id: int | None = None
    ) -> None:
        """Finish a claimed plan as `run`, `refused` or `missed`; nothing if another worker has claimed it since."""
        kind: KindName = "plan.missed" if state == "missed" else "plan.run"
        values = {"state": state, "message": message, "command_id": command_id}
        self._move(plan.id, ("running",), kind, plan.operator, plan.claim, **values)

    def _move(
        self, plan_id: int, states: Sequence[PlanState], kind: KindName, source: str,
        claim: Claim | None = None, **values: Any,
    ) -> Plan | None:  # fmt: skip
        current = (plans.c.id == plan_id) & plans.c.state.in_(states)
        if claim:
            current &= PLAN_CLAIMS.is_of(claim)
        statement = update(plans).where(current).values(**values).returning(*PLAN_FIELDS)

        def work(connection: Connection) -> Plan | None:
            lock_sequence(connection)
            row = connection.execute(statement).first()
            if row is None:
                return None
            plan = Plan(**row._mapping)
            add_event(connection, _event(kind, source, plan))
            return plan

        return self._database.write_patiently(work)


def _insert(connection: Connection, row: dict[str, Any], due: datetime | timedelta) -> Plan:
    """A plan's id is the id of its first event, as with commands."""
    plan_id = take_id(connection)
    connection.execute(plans.insert().values(due_at=due_time(due)), {**row, "id": plan_id})
    plan = Plan(**connection.execute(_SELECT.where(plans.c.id == plan_id)).one()._mapping)
    add_event(connection, _event("plan.made", plan.operator, plan), plan_id)
    return plan


def _event(kind: KindName, source: str, plan: Plan) -> NewEvent:
    return NewEvent(kind, source, plan.call_sid, {"plan": plan.as_json()}, command_id=plan.command_id)
