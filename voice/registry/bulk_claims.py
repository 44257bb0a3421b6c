"""Who works on which call of a bulk run: claimed for a while, so that of several workers one does, and none is lost.

A claim that runs out is anybody's again: whoever had it is presumed dead.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import Connection, select, tuple_, update

from voice.events import now
from voice.registry.bulk_log import IS_LEFT
from voice.registry.bulk_tables import ITEM_FIELDS, BulkItem, Outcome, bulk_items, bulk_runs
from voice.registry.database import Database

LEASE_SECONDS = 15.0  # renewed while its worker lives; as long as Twilio's visit may take to be recorded
_ID = (bulk_items.c.run_id, bulk_items.c.position)


class BulkClaims:
    """The claims of one worker, by its name."""

    def __init__(self, database: Database, worker: str):
        self._database = database
        self._worker = worker

    def turn(self, outcomes: Sequence[Outcome], run_id: str | None, most: int) -> list[BulkItem]:
        """Keep these outcomes and claim up to `most` calls of the run, in one transaction."""

        def work(connection: Connection) -> list[BulkItem]:
            for outcome in outcomes:
                connection.execute(_kept(outcome))
            return self._claim(connection, run_id, most) if run_id and most > 0 else []

        return self._database.write_patiently(work)

    def renew(self) -> None:
        """All that this worker holds stays its own for another while."""
        mine = (bulk_items.c.claimed_by == self._worker) & IS_LEFT & (bulk_items.c.claimed_until > now())
        statement = update(bulk_items).where(mine, _open_runs()).values(claimed_until=_until())
        self._database.write_patiently(lambda connection: connection.execute(statement))

    def _claim(self, connection: Connection, run_id: str, most: int) -> list[BulkItem]:
        free = (bulk_items.c.run_id == run_id) & IS_LEFT
        free &= bulk_items.c.claimed_until.is_(None) | (bulk_items.c.claimed_until < now())
        some = select(*_ID).where(free).order_by(bulk_items.c.position).limit(most)
        claimed = update(bulk_items).where(tuple_(*_ID).in_(some), free)
        mine = claimed.values(
            claimed_by=self._worker, claimed_until=_until(), claims=bulk_items.c.claims + 1
        ).returning(*ITEM_FIELDS)
        rows = connection.execute(mine).all()
        begun = update(bulk_runs).where(bulk_runs.c.id == run_id, bulk_runs.c.state == "queued")
        connection.execute(begun.values(state="running", started_at=now()))
        return sorted((BulkItem(**row._mapping) for row in rows), key=lambda item: item.position)


def _until() -> object:
    return now() + timedelta(seconds=LEASE_SECONDS)


def _open_runs() -> object:
    return bulk_items.c.run_id.in_(
        select(bulk_runs.c.id).where(bulk_runs.c.state.in_(["running", "cancelled"]))
    )


def _kept(outcome: Outcome) -> object:
    """An item that is given back keeps its count of claims: whoever takes it looks its command up first."""
    item = update(bulk_items).where(
        bulk_items.c.run_id == outcome.item.run_id, bulk_items.c.position == outcome.item.position, IS_LEFT
    )
    if outcome.outcome is None:
        until = now() + timedelta(seconds=outcome.again_after_seconds)
        return item.values(claimed_by=None, claimed_until=until, attempt=outcome.item.attempt)
    return item.values(
        outcome=outcome.outcome, command_id=outcome.command_id, error_code=outcome.error_code,
        message=outcome.message,
    )  # fmt: skip
