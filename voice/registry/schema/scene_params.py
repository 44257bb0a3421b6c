"""Parameters of scenes that are too long for a URL. The URL carries their id."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, String, Table

from voice.registry.schema.columns import Json, UtcDateTime, metadata

scene_params = Table(
    "scene_params",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("command_id", BigInteger),
    Column("params", Json, nullable=False),
    Column("stored_at", UtcDateTime, nullable=False),
    Index("scene_params_by_time", "stored_at"),
)
