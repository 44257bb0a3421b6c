"""Events, and what numbers them."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Sequence, String, Table

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

EVENTS_ROW = "events"  # on SQLite the counter of ids; on PostgreSQL the last final id
WRITERS_ROW = (
    "writers"  # locked by operators and workers on PostgreSQL, so that they write one after the other
)

feed = Table(
    "feed",
    metadata,
    Column("name", String(16), primary_key=True),
    Column("last_id", BigInteger, nullable=False),
    Column("next_id", BigInteger),  # final as soon as all transactions up to `barrier` have ended
    Column("barrier", BigInteger),  # the id of a transaction of PostgreSQL
)

event_ids = Sequence("event_ids", metadata=metadata)  # PostgreSQL only
