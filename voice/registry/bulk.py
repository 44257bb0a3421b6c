"""Bulk runs as they are kept: previewed, started once by their token, cancelled, and told of call by call."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal, cast

from pydantic import PlainSerializer
from sqlalchemy import Connection, Table, bindparam, case, func, select, update
from sqlalchemy import delete as delete_from
from typing_extensions import TypedDict

from voice.event_kinds import KindName
from voice.events import NewEvent, now
from voice.json_record import JsonRecord, UtcTime
from voice.registry.command_record import CommandState
from voice.registry.engine.database import Database, in_turns
from voice.registry.engine.sequence import add_events, hold
from voice.registry.schema.bulk import bulk_items, bulk_runs
from voice.registry.schema.calls import calls
from voice.registry.schema.columns import UtcDateTime
from voice.registry.schema.commands import commands

BulkState = Literal["previewed", "queued", "running", "done", "cancelled"]


BulkCall = TypedDict(
    "BulkCall",
    {
        "call_sid": str, "from": str | None, "to": str | None, "outcome": str, "state": CommandState | None,
        "error_code": str | None, "twilio_code": int | None, "message": str | None, "command_id": int | None,
    },
)  # fmt: skip


class BulkCounts(TypedDict):
    """The calls of a run by outcome."""

    done: int
    refused: int
    already_ended: int
    unconfirmed: int
    cancelled: int
    left: int


@dataclass(frozen=True)
class NewCalls:
    """The calls that have matched since the preview."""

    count: int
    call_sids: list[str]


def _new_calls(call_sids: list[str]) -> NewCalls:
    return NewCalls(len(call_sids), call_sids)


@dataclass(frozen=True)
class BulkRun(JsonRecord):
    """One command for many calls. State: previewed, queued, running, done or cancelled. Times are UTC."""

    id: str
    command: str
    arguments: dict[str, Any]
    filters: dict[str, Any] | None
    operator: str
    state: BulkState
    count: int
    new_since_preview: Annotated[list[str], PlainSerializer(_new_calls)]
    created_at: UtcTime
    due_at: UtcTime | None
    started_at: UtcTime | None
    finished_at: UtcTime | None


@dataclass(frozen=True)
class BulkItem:
    """One call of a run. `claims` counts who took it on: above 1 somebody died over it, or gave it back."""

    run_id: str
    position: int
    call_sid: str
    attempt: int
    claims: int

    @property
    def key(self) -> str:
        """The idempotency key of its command, so that it runs once whoever tries."""
        again = f":{self.attempt}" if self.attempt > 1 else ""
        return f"bulk:{self.run_id}:{self.call_sid}{again}"


@dataclass(frozen=True)
class Outcome:
    """What became of an item: `asked` (its command tells), `already_ended`, `refused`; None: give it back."""

    item: BulkItem
    outcome: str | None
    command_id: int | None = None
    error_code: str | None = None
    message: str | None = None
    again_after_seconds: float = 0.0


RUN_FIELDS = [bulk_runs.c[name] for name in BulkRun.__dataclass_fields__]
ITEM_FIELDS = [bulk_items.c[name] for name in BulkItem.__dataclass_fields__]
_COMMANDS_WORD = case(
    (commands.c.state.in_(["accepted", "confirmed"]), "done"),
    (commands.c.state == "requested", "left"),
    else_=commands.c.state,
)
OUTCOME = case(
    (bulk_items.c.outcome.is_(None), "left"),
    (bulk_items.c.outcome == "asked", func.coalesce(_COMMANDS_WORD, "unconfirmed")),
    else_=bulk_items.c.outcome,
)
IS_LEFT = bulk_items.c.outcome.is_(None)
_WITH_COMMANDS = bulk_items.outerjoin(commands, commands.c.id == bulk_items.c.command_id)
_WITH_CALLS = _WITH_COMMANDS.outerjoin(calls, calls.c.call_sid == bulk_items.c.call_sid)


class BulkStore:
    """All runs, and all previews that are young enough to be run."""

    def __init__(self, database: Database):
        self._database = database

    def preview(
        self, command: str, arguments: dict[str, Any], filters: dict[str, Any] | None, operator: str,
        call_sids: Sequence[str],
    ) -> BulkRun:  # fmt: skip
        """A run that is not started, of exactly these calls."""
        run = BulkRun(
            secrets.token_hex(8), command, arguments, filters, operator, "previewed", len(call_sids), [], now(),
            None, None, None,
        )  # fmt: skip
        rows = [{"run_id": run.id, "position": place, "call_sid": sid} for place, sid in enumerate(call_sids)]
        for some in in_turns(rows):
            self._insert(bulk_items, some)
        self._insert(bulk_runs, [vars(run)])
        return run

    def start(self, run_id: str, operator: str, due_at: datetime | None = None) -> BulkRun | None:
        """The run of a preview, queued, now in this operator's name; None if it was started before."""
        values = {"operator": operator, "due_at": due_at, "state": "queued"}
        return self._move(run_id, ("previewed",), "bulk.queued", operator, **values)

    def cancel(self, run_id: str, operator: str) -> BulkRun | None:
        """The run, with nothing begun any more from now on; None if it is over."""
        run = self._move(
            run_id, ("queued", "running"), "bulk.cancelled", operator, state="cancelled", finished_at=now()
        )
        if run is not None:
            free = (bulk_items.c.run_id == run_id) & IS_LEFT & (bulk_items.c.claims == 0)
            statement = update(bulk_items).where(free).values(outcome="cancelled")
            self._database.write_patiently(lambda connection: connection.execute(statement))
        return run

    def finish(self, run_id: str) -> BulkRun | None:
        """The run, done, if nothing of it is left; for one of those who ask, None for the others."""
        if self.counts(run_id)["left"]:
            return None
        return self._move(run_id, ("running",), "bulk.done", "worker", state="done", finished_at=now())

    def set_new_since_preview(self, run_id: str, call_sids: Sequence[str]) -> None:
        """Keep which calls have matched since the preview; none of them is run."""
        statement = update(bulk_runs).where(bulk_runs.c.id == run_id)
        self._database.write_patiently(
            lambda c: c.execute(statement.values(new_since_preview=list(call_sids)))
        )

    def get(self, run_id: str) -> BulkRun | None:
        """The run or preview, or None."""
        found = self._select(select(*RUN_FIELDS).where(bulk_runs.c.id == run_id))
        return found[0] if found else None

    def all(self, limit: int) -> list[BulkRun]:
        """The last runs, newest first; previews are none."""
        newest = select(*RUN_FIELDS).where(bulk_runs.c.state != "previewed")
        return self._select(newest.order_by(bulk_runs.c.created_at.desc()).limit(limit))

    def unfinished(self) -> list[BulkRun]:
        """The runs that are due and not over, oldest first; among them what a cancelled one had begun."""
        return self._select(_OPEN, {"moment": now()})

    def counts(self, run_id: str) -> BulkCounts:
        """How many calls of the run are done, refused, already ended, unconfirmed, cancelled, left."""
        query = (
            select(OUTCOME, func.count())
            .select_from(_WITH_COMMANDS)
            .where(bulk_items.c.run_id == run_id)
            .group_by(OUTCOME)
        )
        counted = dict(self._database.read(lambda c: [tuple(row) for row in c.execute(query)]))
        return cast(BulkCounts, {word: counted.get(word, 0) for word in BulkCounts.__annotations__})

    def call_sids(self, run_id: str) -> list[str]:
        """The calls of the run, in their order."""
        query = select(bulk_items.c.call_sid).where(bulk_items.c.run_id == run_id)
        in_order = query.order_by(bulk_items.c.position)
        return self._database.read(lambda c: list(c.execute(in_order).scalars()))

    def report(self, run_id: str, after: int, limit: int) -> tuple[list[BulkCall], int | None]:
        """Calls of the run after a position (-1: from the first), and the last one's position if there are more."""
        query = _REPORT.where(bulk_items.c.run_id == run_id, bulk_items.c.position > after)
        in_order = query.order_by(bulk_items.c.position).limit(limit + 1)
        rows = [dict(row) for row in self._database.read(lambda c: c.execute(in_order).mappings().all())]
        positions = [row.pop("position") for row in rows[:limit]]
        calls = cast(list[BulkCall], rows[:limit])
        return calls, positions[-1] if len(rows) > limit else None

    def delete_previews(self, before: datetime) -> None:
        """Previews of that age can be run no more: they go, with their items."""
        old = select(bulk_runs.c.id).where(bulk_runs.c.state == "previewed", bulk_runs.c.created_at < before)

        def work(connection: Connection) -> None:
            ids = list(connection.execute(old.limit(10)).scalars())
            connection.execute(delete_from(bulk_items).where(bulk_items.c.run_id.in_(ids)))
            connection.execute(delete_from(bulk_runs).where(bulk_runs.c.id.in_(ids)))

        if self._select(select(*RUN_FIELDS).where(bulk_runs.c.id.in_(old.limit(1)))):
            self._database.write_patiently(work)

    def _move(
        self, run_id: str, wanted: tuple[str, ...], kind: KindName, source: str, **values: Any
    ) -> BulkRun | None:
        """The run in its new state, told as an event in the same transaction; None if it is in another one."""
        statement = update(bulk_runs).where(bulk_runs.c.id == run_id, bulk_runs.c.state.in_(wanted))

        def work(connection: Connection) -> BulkRun | None:
            hold(connection)
            row = connection.execute(statement.values(**values).returning(*RUN_FIELDS)).first()
            if row is None:
                return None
            details = {"run": run_id, "command": row.command, "count": row.count, "state": row.state}
            add_events(connection, [NewEvent(kind, source, None, details)])
            return BulkRun(**row._mapping)

        return self._database.write_patiently(work)

    def _insert(self, table: Table, rows: Sequence[dict[str, Any]]) -> None:
        self._database.write_patiently(lambda connection: connection.execute(table.insert(), list(rows)))

    def _select(self, query: Any, given: dict[str, Any] | None = None) -> list[BulkRun]:
        rows = self._database.read(lambda c: c.execute(query, given or {}).all())
        return [BulkRun(**row._mapping) for row in rows]


_DUE = bulk_runs.c.due_at.is_(None) | (bulk_runs.c.due_at <= bindparam("moment", type_=UtcDateTime()))
_BEGUN = select(bulk_items.c.run_id).where(bulk_items.c.run_id == bulk_runs.c.id, IS_LEFT).exists()
_OPEN = (
    select(*RUN_FIELDS)
    .where(bulk_runs.c.state.in_(["queued", "running"]) & _DUE | (bulk_runs.c.state == "cancelled") & _BEGUN)
    .order_by(bulk_runs.c.created_at)
)
_REPORT = select(
    bulk_items.c.position,
    bulk_items.c.call_sid,
    calls.c.from_number.label("from"),
    calls.c.to_number.label("to"),
    OUTCOME.label("outcome"),
    commands.c.state,
    func.coalesce(commands.c.error_code, bulk_items.c.error_code).label("error_code"),
    commands.c.twilio_code,
    func.coalesce(commands.c.message, bulk_items.c.message).label("message"),
    bulk_items.c.command_id,
).select_from(_WITH_CALLS)
