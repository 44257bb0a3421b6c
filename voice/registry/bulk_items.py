"""The items of bulk runs: one call each, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Select, case, func, select
from typing_extensions import TypedDict

from voice.registry.claims import Claim, Claims
from voice.registry.command_record import CommandState
from voice.registry.engine.batches import in_batches
from voice.registry.engine.database import Database
from voice.registry.schema.bulk import bulk_items
from voice.registry.schema.calls import calls
from voice.registry.schema.commands import commands

ITEM_CLAIMS = Claims(bulk_items, fence="claims")
IS_LEFT = bulk_items.c.outcome.is_(None)

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
class BulkItem:
    """One call of a run. `claims` above 1: an earlier worker died while it had the item, or gave it back."""

    run_id: str
    position: int
    call_sid: str
    attempt: int
    claims: int

    @property
    def claim(self) -> Claim:
        """The claim of the worker that has read the item."""
        return Claim(ITEM_CLAIMS, (self.run_id, self.position), self.claims)

    @property
    def key(self) -> str:
        """The idempotency key of the command: it runs once, whichever worker tries."""
        suffix = f":{self.attempt}" if self.attempt > 1 else ""
        return f"bulk:{self.run_id}:{self.call_sid}{suffix}"


@dataclass(frozen=True)
class Outcome:
    """The outcome of an item: `asked` (see its command), `already_ended`, `refused`, `cancelled`.

    None gives the item back: a worker can claim it again `again_after_seconds` later.
    """

    item: BulkItem
    outcome: str | None
    command_id: int | None = None
    error_code: str | None = None
    message: str | None = None
    again_after_seconds: float = 0.0


_COMMAND_OUTCOME = case(
    (commands.c.state.in_(["accepted", "confirmed"]), "done"),
    (commands.c.state == "requested", "left"),
    else_=commands.c.state,
)
_OUTCOME = case(
    (IS_LEFT, "left"),
    (bulk_items.c.outcome == "asked", func.coalesce(_COMMAND_OUTCOME, "unconfirmed")),
    else_=bulk_items.c.outcome,
)
_WITH_COMMANDS = bulk_items.outerjoin(commands, commands.c.id == bulk_items.c.command_id)
_WITH_CALLS = _WITH_COMMANDS.outerjoin(calls, calls.c.call_sid == bulk_items.c.call_sid)
_COUNTS = select(_OUTCOME, func.count()).select_from(_WITH_COMMANDS).group_by(_OUTCOME)
_REPORT = select(
    bulk_items.c.position,
    bulk_items.c.call_sid,
    calls.c.from_number.label("from"),
    calls.c.to_number.label("to"),
    _OUTCOME.label("outcome"),
    commands.c.state,
    func.coalesce(commands.c.error_code, bulk_items.c.error_code).label("error_code"),
    commands.c.twilio_code,
    func.coalesce(commands.c.message, bulk_items.c.message).label("message"),
    bulk_items.c.command_id,
).select_from(_WITH_CALLS)


def insert_items(database: Database, run_id: str, call_sids: Sequence[str]) -> None:
    """Insert the items of a run, in batches."""
    rows = [
        {"run_id": run_id, "position": position, "call_sid": call_sid}
        for position, call_sid in enumerate(call_sids)
    ]
    for batch in in_batches(rows):
        database.execute_patiently(bulk_items.insert(), batch)


def count_outcomes(database: Database, run_id: str) -> BulkCounts:
    """The number of calls of a run with each outcome."""
    rows = database.fetch_rows(_COUNTS.where(bulk_items.c.run_id == run_id))
    counted = {row[0]: row[1] for row in rows}
    return cast(BulkCounts, {name: counted.get(name, 0) for name in BulkCounts.__annotations__})


def call_sids_of(run_id: str) -> Select[Any]:
    """A SELECT of the calls of a run, in order."""
    return select(bulk_items.c.call_sid).where(bulk_items.c.run_id == run_id).order_by(bulk_items.c.position)


def report_page(database: Database, run_id: str, after: int, limit: int) -> tuple[list[BulkCall], int | None]:
    """Calls of a run after this position (-1: from the first), and the position of the last one if more follow."""
    query = _REPORT.where(bulk_items.c.run_id == run_id, bulk_items.c.position > after)
    found = database.fetch_rows(query.order_by(bulk_items.c.position).limit(limit + 1))
    rows: list[dict[str, Any]] = [dict(row._mapping) for row in found[:limit]]
    positions = [row.pop("position") for row in rows]
    return cast(list[BulkCall], rows), positions[-1] if len(found) > limit else None
