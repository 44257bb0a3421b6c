"""Bearer tokens, kept as hashes."""

from __future__ import annotations

from sqlalchemy import Column, String, Table

from voice.registry.schema.columns import UtcDateTime, metadata

tokens = Table(
    "tokens",
    metadata,
    Column("name", String(80), primary_key=True),
    Column("role", String(16), nullable=False),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("created_at", UtcDateTime, nullable=False),
    Column("revoked_at", UtcDateTime),
    Column("expires_at", UtcDateTime),
)
