"""The tables of bulk runs: a command for many calls, as it was previewed, and how far it came with each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Column, Index, Integer, String, Table, Text, UniqueConstraint, text

from voice.events import iso
from voice.registry.schema import Json, UtcDateTime, metadata

bulk_runs = Table(
    "bulk_runs",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("command", String(64), nullable=False),
    Column("arguments", Json, nullable=False),
    Column("filters", Json),
    Column("operator", String(80), nullable=False),
    Column("state", String(16), nullable=False),
    Column("count", Integer, nullable=False),
    Column("new_since_preview", Json, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime),
    Column("started_at", UtcDateTime),
    Column("finished_at", UtcDateTime),
)
RUN_IS_OPEN = text("state IN ('queued', 'running')")
Index("bulk_runs_open", bulk_runs.c.created_at, sqlite_where=RUN_IS_OPEN, postgresql_where=RUN_IS_OPEN)

bulk_items = Table(
    "bulk_items",
    metadata,
    Column("run_id", String(16), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("call_sid", String(34), nullable=False),
    Column("attempt", Integer, nullable=False, server_default=text("1")),
    Column("claims", Integer, nullable=False, server_default=text("0")),
    Column("claimed_by", String(16)),
    Column("claimed_until", UtcDateTime),
    Column("outcome", String(16)),
    Column("command_id", BigInteger),
    Column("error_code", String(40)),
    Column("message", Text),
    UniqueConstraint("run_id", "call_sid", name="bulk_items_once"),
)
ITEM_IS_OPEN = text("outcome IS NULL")
Index(
    "bulk_items_open", bulk_items.c.run_id, bulk_items.c.position,
    sqlite_where=ITEM_IS_OPEN, postgresql_where=ITEM_IS_OPEN,
)  # fmt: skip


@dataclass(frozen=True)
class BulkRun:
    """One command for many calls. State: previewed, queued, running, done or cancelled. Times are UTC."""

    id: str
    command: str
    arguments: dict[str, Any]
    filters: dict[str, Any] | None
    operator: str
    state: str
    count: int
    new_since_preview: list[str]
    created_at: datetime
    due_at: datetime | None
    started_at: datetime | None
    finished_at: datetime | None

    def as_json(self) -> dict[str, Any]:
        """The run as the admin API shows it, without its progress."""
        new = self.new_since_preview
        times = {name: iso(getattr(self, name)) for name in _TIMES}
        return {**vars(self), **times, "new_since_preview": {"count": len(new), "call_sids": new}}


_TIMES = ("created_at", "due_at", "started_at", "finished_at")


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
