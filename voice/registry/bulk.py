"""The store of bulk runs: previewed, started once with the preview's token, canceled or finished."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import PlainSerializer
from sqlalchemy import Connection, delete, select, update

from voice.event_kinds import KindName
from voice.events import NewEvent, now
from voice.json_record import JsonRecord, UtcTime
from voice.registry.bulk_items import (
    IS_LEFT,
    BulkCall,
    BulkCounts,
    call_sids_of,
    count_outcomes,
    insert_items,
    report_page,
)
from voice.registry.engine.clock import database_time, due_time
from voice.registry.engine.database import Database, Work
from voice.registry.engine.sequence import add_events, lock_sequence
from voice.registry.schema.bulk import bulk_items, bulk_runs

BulkState = Literal["previewed", "queued", "running", "done", "cancelled"]


@dataclass(frozen=True)
class NewCalls:
    """The calls that have matched since the preview."""

    count: int
    call_sids: list[str]


def _new_calls(call_sids: list[str]) -> NewCalls:
    return NewCalls(len(call_sids), call_sids)


@dataclass(frozen=True)
class BulkRun(JsonRecord):
    """One command for many calls. Times are UTC."""

    id: str
    command: str
    arguments: dict[str, Any]
    filters: dict[str, Any] | None
    operator: str
    state: BulkState
    count: int
    new_since_preview: Annotated[list[str], PlainSerializer(_new_calls)]
    created_at: UtcTime
    due_at: UtcTime | None = None
    started_at: UtcTime | None = None
    finished_at: UtcTime | None = None


_FIELDS = [bulk_runs.c[name] for name in BulkRun.__dataclass_fields__]
_SELECT = select(*_FIELDS)
_IS_DUE = bulk_runs.c.due_at.is_(None) | (bulk_runs.c.due_at <= database_time())
_HAS_ITEMS_LEFT = select(bulk_items.c.run_id).where(bulk_items.c.run_id == bulk_runs.c.id, IS_LEFT).exists()
_IS_CANCELING = (bulk_runs.c.state == "cancelled") & _HAS_ITEMS_LEFT
_UNFINISHED = _SELECT.where(bulk_runs.c.state.in_(["queued", "running"]) & _IS_DUE | _IS_CANCELING).order_by(
    bulk_runs.c.created_at
)
PREVIEWS_AT_ONCE = 10  # previews that are deleted in one transaction


def _nothing(_connection: Connection) -> None:
    """Do nothing."""


class BulkStore:
    """All runs, and the previews that are young enough to be started."""

    def __init__(self, database: Database):
        self._database = database

    def preview(
        self, command: str, arguments: dict[str, Any], filters: dict[str, Any] | None, operator: str,
        call_sids: Sequence[str],
    ) -> BulkRun:  # fmt: skip
        """A run of exactly these calls, not started."""
        run_id, count = secrets.token_hex(8), len(call_sids)
        run = BulkRun(run_id, command, arguments, filters, operator, "previewed", count, [], now())
        insert_items(self._database, run_id, call_sids)
        self._database.execute_patiently(bulk_runs.insert(), [vars(run)])
        return run

    def start(
        self,
        run_id: str,
        operator: str,
        due: datetime | timedelta | None = None,
        first: Work[None] = _nothing,
    ) -> BulkRun | None:
        """Queue the run in this operator's name; None if it was started before. `first` is in its transaction."""
        values: dict[str, Any] = {
            "operator": operator,
            "due_at": due_time(due) if due else None,
            "state": "queued",
        }
        return self._move(run_id, ("previewed",), "bulk.queued", operator, first, **values)

    def cancel(self, run_id: str, operator: str, why: str | None = None) -> BulkRun | None:
        """Cancel the run: pending items are not started. None if the run is over."""
        values: dict[str, Any] = {"state": "cancelled", "finished_at": now()}
        run = self._move(run_id, ("queued", "running"), "bulk.cancelled", operator, why=why, **values)
        if run is not None:
            pending = (bulk_items.c.run_id == run_id) & IS_LEFT & (bulk_items.c.claims == 0)
            canceled = update(bulk_items).where(pending).values(outcome="cancelled", message=why)
            self._database.execute_patiently(canceled)
        return run

    def finish(self, run_id: str) -> BulkRun | None:
        """Finish the run if no item is left. One of several workers gets the run, the others get None."""
        if self.counts(run_id)["left"]:
            return None
        return self._move(run_id, ("running",), "bulk.done", "worker", state="done", finished_at=now())

    def set_new_since_preview(self, run_id: str, call_sids: Sequence[str]) -> None:
        """Store the calls that have matched since the preview. The run does not include them."""
        statement = update(bulk_runs).where(bulk_runs.c.id == run_id)
        self._database.execute_patiently(statement.values(new_since_preview=list(call_sids)))

    def get(self, run_id: str) -> BulkRun | None:
        """The run or preview, or None."""
        return self._database.fetch_first(BulkRun, _SELECT.where(bulk_runs.c.id == run_id))

    def all(self, limit: int) -> list[BulkRun]:
        """The last runs, newest first, without previews."""
        started = _SELECT.where(bulk_runs.c.state != "previewed").order_by(bulk_runs.c.created_at.desc())
        return self._database.fetch_all(BulkRun, started.limit(limit))

    def unfinished(self) -> list[BulkRun]:
        """Due runs that are not over, oldest first. Canceled runs whose started items are open are among them."""
        return self._database.fetch_all(BulkRun, _UNFINISHED)

    def counts(self, run_id: str) -> BulkCounts:
        """The number of calls of the run with each outcome."""
        return count_outcomes(self._database, run_id)

    def call_sids(self, run_id: str) -> list[str]:
        """The calls of the run, in order."""
        return self._database.fetch_column(call_sids_of(run_id))

    def report(self, run_id: str, after: int, limit: int) -> tuple[list[BulkCall], int | None]:
        """Calls of the run after this position (-1: from the first), and the last position if more follow."""
        with self._database.read_turns.turn():
            return report_page(self._database, run_id, after, limit)

    def delete_previews(self, before: datetime) -> None:
        """Delete previews from before this time, with their items: they can no longer be started."""
        is_old = (bulk_runs.c.state == "previewed") & (bulk_runs.c.created_at < before)
        old = self._database.fetch_column(select(bulk_runs.c.id).where(is_old).limit(PREVIEWS_AT_ONCE))

        def work(connection: Connection) -> None:
            ids = connection.execute(select(bulk_runs.c.id).where(is_old, bulk_runs.c.id.in_(old)))
            gone = list(ids.scalars())
            connection.execute(delete(bulk_items).where(bulk_items.c.run_id.in_(gone)))
            connection.execute(delete(bulk_runs).where(bulk_runs.c.id.in_(gone)))

        if old:
            self._database.write_patiently(work)

    def _move(
        self, run_id: str, states: Sequence[BulkState], kind: KindName, source: str,
        first: Work[None] = _nothing, why: str | None = None, **values: Any,
    ) -> BulkRun | None:  # fmt: skip
        """Move the run from one of these states, and record the event; None if it is in another state."""
        current = (bulk_runs.c.id == run_id) & bulk_runs.c.state.in_(states)
        statement = update(bulk_runs).where(current).values(**values).returning(*_FIELDS)

        def work(connection: Connection) -> BulkRun | None:
            lock_sequence(connection)
            first(connection)
            row = connection.execute(statement).first()
            if row is None:
                return None
            details = {"run": run_id, "command": row.command, "count": row.count, "state": row.state}
            details |= {"why": why} if why else {}
            add_events(connection, [NewEvent(kind, source, None, details)])
            return BulkRun(**row._mapping)

        return self._database.write_patiently(work)
