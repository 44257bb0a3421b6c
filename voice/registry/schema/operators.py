"""Operators: the people who sign in to the console. The table is named `people`."""

from __future__ import annotations

from sqlalchemy import Column, String, Table, Text

from voice.registry.schema.columns import UtcDateTime, metadata

operators = Table(
    "people",
    metadata,
    Column("name", String(80), primary_key=True),
    Column("role", String(16), nullable=False),
    Column("password_hash", Text),
    Column("created_at", UtcDateTime, nullable=False),
    Column("disabled_at", UtcDateTime),
)
