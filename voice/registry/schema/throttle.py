"""Rate limits: the time up to which the attempts of each key are paid for."""

from __future__ import annotations

from sqlalchemy import Column, Float, String, Table

from voice.registry.schema.columns import metadata

throttle = Table(
    "throttle",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("paid_until", Float(53), nullable=False),
)
