"""The claims of workers on the items of bulk runs.

A claim has a lease. When the lease ends, the worker is presumed dead and any worker can claim the item.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Float, bindparam, select, tuple_, update

from voice.events import now
from voice.registry.bulk_items import IS_LEFT, ITEM_CLAIMS, BulkItem, Outcome
from voice.registry.engine.clock import database_time
from voice.registry.engine.database import Database
from voice.registry.schema.bulk import bulk_items, bulk_runs

LEASE_SECONDS = 15.0  # workers renew it; as long as the record of Twilio's visit may take
_ID = (bulk_items.c.run_id, bulk_items.c.position)
_FIELDS = [bulk_items.c[name] for name in BulkItem.__dataclass_fields__]
_OUTCOME_COLUMNS = ("outcome", "command_id", "error_code", "message")

_ITEM = (
    update(bulk_items)
    .where(bulk_items.c.run_id == bindparam("of_run"), bulk_items.c.position == bindparam("at"), IS_LEFT)
    .where(bulk_items.c.claims == bindparam("of_claim"))
)
_SAVE = _ITEM.values({name: bindparam(f"new_{name}") for name in _OUTCOME_COLUMNS})
_GIVE_BACK = _ITEM.values(
    {
        "claimed_by": None,
        "claimed_until": database_time(bindparam("after", type_=Float())),
        "attempt": bindparam("new_attempt"),
    }
)


class BulkClaims:
    """The claims of one worker, known by its name."""

    def __init__(self, database: Database, worker: str):
        self._database = database
        self._worker = worker

    def save_and_claim(self, outcomes: Sequence[Outcome], run_id: str | None, most: int) -> list[BulkItem]:
        """Save these outcomes and claim up to `most` items of the run, in one transaction."""

        def work(connection: Connection) -> list[BulkItem]:
            _save(connection, outcomes)
            return self._claim(connection, run_id, most) if run_id and most > 0 else []

        return self._database.write_patiently(work)

    def renew(self) -> None:
        """Renew the lease of all items that this worker holds."""
        mine = (bulk_items.c.claimed_by == self._worker) & IS_LEFT & ITEM_CLAIMS.is_held
        active = bulk_runs.c.state.in_(["running", "cancelled"])
        in_active_runs = bulk_items.c.run_id.in_(select(bulk_runs.c.id).where(active))
        statement = update(bulk_items).where(mine, in_active_runs).values(ITEM_CLAIMS.renew(LEASE_SECONDS))
        self._database.execute_patiently(statement)

    def _claim(self, connection: Connection, run_id: str, most: int) -> list[BulkItem]:
        free = (bulk_items.c.run_id == run_id) & IS_LEFT & ITEM_CLAIMS.is_free
        first = select(*_ID).where(free).order_by(bulk_items.c.position).limit(most)
        claim = update(bulk_items).where(tuple_(*_ID).in_(first), free)
        claimed = claim.values(ITEM_CLAIMS.take(self._worker, LEASE_SECONDS)).returning(*_FIELDS)
        items = [BulkItem(**row._mapping) for row in connection.execute(claimed)]
        queued = (bulk_runs.c.id == run_id) & (bulk_runs.c.state == "queued")
        connection.execute(update(bulk_runs).where(queued).values(state="running", started_at=now()))
        return sorted(items, key=lambda item: item.position)


def _save(connection: Connection, outcomes: Sequence[Outcome]) -> None:
    """Save outcomes, and give back items without one; nothing of items that another worker has claimed since.

    An item that is given back keeps its count of claims, so the next worker looks for its command first.
    """
    done = [{**_key(one), **_outcome_row(one)} for one in outcomes if one.outcome is not None]
    returned = [{**_key(one), **_return_row(one)} for one in outcomes if one.outcome is None]
    for statement, rows in ((_SAVE, done), (_GIVE_BACK, returned)):
        if rows:
            connection.execute(statement, rows)


def _key(one: Outcome) -> dict[str, Any]:
    return {"of_run": one.item.run_id, "at": one.item.position, "of_claim": one.item.claims}


def _outcome_row(one: Outcome) -> dict[str, Any]:
    return {f"new_{name}": getattr(one, name) for name in _OUTCOME_COLUMNS}


def _return_row(one: Outcome) -> dict[str, Any]:
    return {"after": one.again_after_seconds, "new_attempt": one.item.attempt}
