"""The nonces of writes to PostgreSQL: a write whose COMMIT was not answered finds out whether it happened."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, String, Table

from voice.registry.schema.columns import UtcDateTime, metadata

write_nonces = Table(
    "write_nonces",
    metadata,
    Column("nonce", String(16), primary_key=True),
    Column("attempt", Integer, nullable=False),
    Column("written_at", UtcDateTime, nullable=False),
    Index("write_nonces_by_time", "written_at"),
)
