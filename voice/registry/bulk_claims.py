"""Who works on which call of a bulk run: claimed for a while, so that of several workers one does, and none is lost.

A claim that runs out is anybody's again: whoever had it is presumed dead.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, select, tuple_, update

from voice.events import now
from voice.registry.bulk import IS_LEFT, ITEM_FIELDS, BulkItem, Outcome
from voice.registry.engine.database import Database
from voice.registry.schema.bulk import bulk_items, bulk_runs

LEASE_SECONDS = 15.0  # renewed while its worker lives; as long as Twilio's visit may take to be recorded
_ID = (bulk_items.c.run_id, bulk_items.c.position)


class BulkClaims:
    """The claims of one worker, by its name."""

    def __init__(self, database: Database, worker: str):
        self._database = database
        self._worker = worker

    def save_and_claim(self, outcomes: Sequence[Outcome], run_id: str | None, most: int) -> list[BulkItem]:
        """Keep these outcomes and claim up to `most` calls of the run, in one transaction."""

        def work(connection: Connection) -> list[BulkItem]:
            _keep(connection, outcomes)
            return self._claim(connection, run_id, most) if run_id and most > 0 else []

        return self._database.write_patiently(work)

    def renew(self) -> None:
        """All that this worker holds stays its own for another while."""
        mine = (bulk_items.c.claimed_by == self._worker) & IS_LEFT & (bulk_items.c.claimed_until > now())
        statement = update(bulk_items).where(mine, _open_runs()).values(claimed_until=_until())
        self._database.write_patiently(lambda connection: connection.execute(statement))

    def _claim(self, connection: Connection, run_id: str, most: int) -> list[BulkItem]:
        free = (bulk_items.c.run_id == run_id) & IS_LEFT
        free &= bulk_items.c.claimed_until.is_(None) | (bulk_items.c.claimed_until <= now())
        some = select(*_ID).where(free).order_by(bulk_items.c.position).limit(most)
        claimed = update(bulk_items).where(tuple_(*_ID).in_(some), free)
        mine = claimed.values(
            claimed_by=self._worker, claimed_until=_until(), claims=bulk_items.c.claims + 1
        ).returning(*ITEM_FIELDS)
        rows = connection.execute(mine).all()
        begun = update(bulk_runs).where(bulk_runs.c.id == run_id, bulk_runs.c.state == "queued")
        connection.execute(begun.values(state="running", started_at=now()))
        return sorted((BulkItem(**row._mapping) for row in rows), key=lambda item: item.position)


def _until() -> datetime:
    return now() + timedelta(seconds=LEASE_SECONDS)


def _open_runs() -> Any:
    return bulk_items.c.run_id.in_(
        select(bulk_runs.c.id).where(bulk_runs.c.state.in_(["running", "cancelled"]))
    )


_ITEM = (bulk_items.c.run_id == bindparam("of_run")) & (bulk_items.c.position == bindparam("at")) & IS_LEFT
_KEEP = update(bulk_items).where(_ITEM)
_DONE = _KEEP.values(
    {name: bindparam(f"new_{name}") for name in ("outcome", "command_id", "error_code", "message")}
)
_GIVEN_BACK = _KEEP.values(
    {"claimed_by": None, "claimed_until": bindparam("until"), "attempt": bindparam("new_attempt")}
)


def _keep(connection: Connection, outcomes: Sequence[Outcome]) -> None:
    """An item that is given back keeps its count of claims: whoever takes it looks its command up first."""
    done = [_place(one) | _told(one) for one in outcomes if one.outcome is not None]
    back = [_place(one) | _later(one) for one in outcomes if one.outcome is None]
    for statement, rows in ((_DONE, done), (_GIVEN_BACK, back)):
        if rows:
            connection.execute(statement, rows)


def _place(one: Outcome) -> dict[str, Any]:
    return {"of_run": one.item.run_id, "at": one.item.position}


def _told(one: Outcome) -> dict[str, Any]:
    return {f"new_{name}": getattr(one, name) for name in ("outcome", "command_id", "error_code", "message")}


def _later(one: Outcome) -> dict[str, Any]:
    return {"until": now() + timedelta(seconds=one.again_after_seconds), "new_attempt": one.item.attempt}
