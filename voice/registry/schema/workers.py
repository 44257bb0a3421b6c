"""The running worker processes, each with the time of its last heartbeat."""

from __future__ import annotations

from sqlalchemy import Column, String, Table

from voice.registry.schema.columns import UtcDateTime, metadata

workers = Table(
    "workers",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("host", String(255), nullable=False),
    Column("seen_at", UtcDateTime, nullable=False),
)
