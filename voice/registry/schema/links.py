"""Sign-in links that have not been used, kept as hashes of their secrets."""

from __future__ import annotations

from sqlalchemy import Column, String, Table

from voice.registry.schema.columns import UtcDateTime, metadata

links = Table(
    "sign_in_links",
    metadata,
    Column("link_hash", String(64), primary_key=True),
    Column("person", String(80), nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
)
