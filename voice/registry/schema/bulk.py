"""Bulk runs and their items: one row for each call of a run."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, String, Table, Text, UniqueConstraint, text

from voice.registry.schema.columns import Json, UtcDateTime, metadata

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
