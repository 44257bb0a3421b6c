"""Webhook response times, counted per minute and upper bound."""

from __future__ import annotations

from sqlalchemy import Column, Integer, Table

from voice.registry.schema.columns import UtcDateTime, metadata

webhook_minutes = Table(
    "webhook_minutes",
    metadata,
    Column("minute", UtcDateTime, primary_key=True),
    Column("up_to_ms", Integer, primary_key=True, autoincrement=False),
    Column("count", Integer, nullable=False),
)
