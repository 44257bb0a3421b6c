"""Plans as they are kept: a command that is to run later, once, whichever worker gets to it first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, get_args

from sqlalchemy import (
    Connection,
    or_,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

from voice.event_kinds import KindName
from voice.events import NewEvent, now
from voice.json_record import Internal, JsonRecord, UtcTime
from voice.registry.engine.database import Database
from voice.registry.engine.sequence import add_event, hold, take
from voice.registry.schema.plans import IS_OPEN, plans

PlanState = Literal["planned", "running", "run", "refused", "missed", "cancelled"]
STATES: tuple[PlanState, ...] = get_args(PlanState)
LEASE_SECONDS = (
    30.0  # longer than a command and its repeat may take; then whoever claimed it is presumed dead
)


@dataclass(frozen=True)
class Plan(JsonRecord):
    """A command that is to run at `due_at` (UTC) in the name of `operator`, and what became of it."""

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

    @property
    def key(self) -> str:
        """The idempotency key of its command, so that it runs once whoever tries."""
        return f"plan:{self.id}" if self.attempt == 1 else f"plan:{self.id}:{self.attempt}"


_FIELDS = [plans.c[name] for name in Plan.__dataclass_fields__]


@dataclass(frozen=True)
class PlanQuery:
    """The filters of `GET /admin/plans`; `cursor` is the id of the last plan of the page before."""

    state: tuple[str, ...] = ()
    call_sid: str | None = None
    limit: int = 50
    cursor: int | None = None


class PlanStore:
    """All plans that were ever made. Each change of one is an event, in the same transaction."""

    def __init__(self, database: Database):
        self._database = database

    def create(
        self,
        name: str,
        arguments: dict[str, Any],
        operator: str,
        call_sid: str | None,
        due_at: datetime,
        key: str | None,
        fingerprint: str,
    ) -> Plan:
        """The new plan, or the one that came with the same key before."""
        row = {
            "call_sid": call_sid,
            "command": name,
            "arguments": arguments,
            "operator": operator,
            "made_by": operator,
            "due_at": due_at,
            "state": "planned",
            "created_at": now(),
            "idempotency_key": key,
            "fingerprint": fingerprint,
        }
        try:
            return self._database.write_patiently(lambda connection: _insert(connection, row))
        except IntegrityError:
            known = (plans.c.made_by == operator) & (plans.c.idempotency_key == key)
            return self._select(select(*_FIELDS).where(known))[0]

    def get(self, plan_id: int) -> Plan | None:
        """The plan, or None."""
        found = self._select(select(*_FIELDS).where(plans.c.id == plan_id))
        return found[0] if found else None

    def find(self, query: PlanQuery) -> tuple[list[Plan], int | None]:
        """One page of plans, the newest first, and the cursor of the next page or None."""
        statement = select(*_FIELDS).order_by(plans.c.id.desc()).limit(query.limit + 1)
        if query.state:
            statement = statement.where(plans.c.state.in_(query.state))
        if query.call_sid:
            statement = statement.where(plans.c.call_sid == query.call_sid)
        if query.cursor:
            statement = statement.where(plans.c.id < query.cursor)
        found = self._select(statement)
        return found[: query.limit], found[query.limit - 1].id if len(found) > query.limit else None

    def upcoming(self, limit: int) -> list[Plan]:
        """What is planned or running, the next one first."""
        return self._select(select(*_FIELDS).where(IS_OPEN).order_by(plans.c.due_at, plans.c.id).limit(limit))

    def change(self, plan_id: int, operator: str, **values: Any) -> Plan | None:
        """The plan with its new time or arguments, now in this operator's name; None unless it is planned."""
        return self._move(plan_id, ("planned",), "plan.changed", operator, operator=operator, **values)

    def cancel(self, plan_id: int, operator: str) -> Plan | None:
        """The plan, never to run; None unless it was planned."""
        return self._move(plan_id, ("planned",), "plan.cancelled", operator, state="cancelled")

    def claim_due(self, limit: int) -> list[Plan]:
        """Plans that are due, claimed for this worker; also those whose worker has died.

        The claim is one conditional UPDATE, so that of several workers one gets a plan.
        """
        moment = now()
        due = or_(
            (plans.c.state == "planned") & (plans.c.due_at <= moment),
            (plans.c.state == "running") & (plans.c.claimed_at < moment - timedelta(seconds=LEASE_SECONDS)),
        )
        first = select(plans.c.id).where(IS_OPEN, due).order_by(plans.c.due_at, plans.c.id).limit(limit)
        claim = update(plans).where(plans.c.id.in_(first), due).values(state="running", claimed_at=moment)
        rows = self._database.write(lambda c: c.execute(claim.returning(*_FIELDS)).all())
        return sorted((Plan(**row._mapping) for row in rows), key=lambda plan: (plan.due_at, plan.id))

    def retry(self, plan: Plan, after_seconds: float) -> None:
        """Nothing was done: any worker takes it up again after a while."""
        here = (plans.c.id == plan.id) & (plans.c.state == "running") & (plans.c.attempt == plan.attempt)
        until = now() + timedelta(seconds=after_seconds - LEASE_SECONDS)
        statement = update(plans).where(here).values(claimed_at=until, attempt=plan.attempt + 1)
        self._database.write_patiently(lambda connection: connection.execute(statement))

    def finish(
        self, plan: Plan, state: str, message: str | None = None, command_id: int | None = None
    ) -> None:
        """How a plan that was claimed ended: `run`, `refused` or `missed`."""
        kind: KindName = "plan.missed" if state == "missed" else "plan.run"
        values = {"state": state, "message": message, "command_id": command_id}
        self._move(plan.id, ("running",), kind, plan.operator, **values)

    def _move(
        self, plan_id: int, states: Sequence[str], kind: KindName, source: str, **values: Any
    ) -> Plan | None:
        there = (plans.c.id == plan_id) & plans.c.state.in_(states)
        statement = update(plans).where(there).values(**values).returning(*_FIELDS)

        def work(connection: Connection) -> Plan | None:
            hold(connection)
            row = connection.execute(statement).first()
            return _told(connection, kind, source, Plan(**row._mapping)) if row else None

        return self._database.write_patiently(work)

    def _select(self, query: Any) -> list[Plan]:
        rows = self._database.read(lambda connection: connection.execute(query).all())
        return [Plan(**row._mapping) for row in rows]


def _insert(connection: Connection, row: dict[str, Any]) -> Plan:
    """The plan's id is the number of its first event, as with commands."""
    plan_id = take(connection)
    connection.execute(plans.insert(), {**row, "id": plan_id})
    found = connection.execute(select(*_FIELDS).where(plans.c.id == plan_id)).one()
    return _told(connection, "plan.made", row["operator"], Plan(**found._mapping), plan_id)


def _told(
    connection: Connection, kind: KindName, source: str, plan: Plan, event_id: int | None = None
) -> Plan:
    event = NewEvent(kind, source, plan.call_sid, {"plan": plan.as_json()}, command_id=plan.command_id)
    add_event(connection, event, event_id)
    return plan
