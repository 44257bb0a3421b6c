"""The emergency stop: one row while it is active, and the bulk runs that carry it out."""

from __future__ import annotations

from sqlalchemy import Column, Integer, String, Table, Text

from voice.registry.schema.columns import UtcDateTime, claim_columns, metadata

emergency = Table(
    "emergency",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("message", Text),
    Column("started_by", String(80), nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    Column("tended_at", UtcDateTime, nullable=False),
    *claim_columns(),
)

emergency_runs = Table("emergency_runs", metadata, Column("run_id", String(16), primary_key=True))
