"""Plans: commands that run later."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, String, Table, Text, UniqueConstraint, text

from voice.registry.schema.columns import Json, Number, UtcDateTime, claim_columns, metadata

plans = Table(
    "plans",
    metadata,
    Column("id", Number, primary_key=True, autoincrement=False),
    Column("call_sid", String(34)),
    Column("command", String(64), nullable=False),
    Column("arguments", Json, nullable=False),
    Column("operator", String(80), nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("state", String(16), nullable=False),
    Column("claimed_at", UtcDateTime),
    Column("attempt", Integer, nullable=False, server_default=text("1")),
    Column("command_id", BigInteger),
    Column("message", Text),
    Column("created_at", UtcDateTime, nullable=False),
    Column("made_by", String(80), nullable=False),
    Column("idempotency_key", String(200)),
    Column("fingerprint", String(64)),
    *claim_columns(),
    UniqueConstraint("made_by", "idempotency_key", name="plans_idempotency"),
    Index("plans_by_call", "call_sid", "id"),
)
IS_OPEN = text("state IN ('planned', 'running')")
Index("plans_open", plans.c.due_at, sqlite_where=IS_OPEN, postgresql_where=IS_OPEN)
