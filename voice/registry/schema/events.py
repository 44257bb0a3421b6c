"""Events, and the counter that numbers them."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, String, Table

from voice.registry.schema.columns import Json, Number, UtcDateTime, metadata

events = Table(
    "events",
    metadata,
    Column("id", Number, primary_key=True, autoincrement=False),
    Column("call_sid", String(34)),
    Column("kind", String(32), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("source", String(80), nullable=False),
    Column("details", Json, nullable=False),
    Column("command_id", BigInteger),
    Column("dedupe_key", String(120), unique=True),
    Index("events_by_call", "call_sid", "id"),
)

feed = Table(
    "feed",
    metadata,
    Column("name", String(16), primary_key=True),
    Column("last_id", BigInteger, nullable=False),
)
