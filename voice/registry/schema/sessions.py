"""Console sessions, kept as hashes of their secrets."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Index, String, Table

from voice.registry.schema.columns import UtcDateTime, metadata

sessions = Table(
    "sessions",
    metadata,
    Column("session_hash", String(64), primary_key=True),
    Column("person", String(80), nullable=False),
    Column("by_link", Boolean, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("seen_at", UtcDateTime, nullable=False),
    Column("address", String(80), nullable=False),
    Column("user_agent", String(200), nullable=False),
    Column("confirmed_at", UtcDateTime),
    Index("sessions_by_person", "person"),
)
