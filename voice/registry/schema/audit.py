"""The audit trail: a hash chain, and the content of its entries apart from it, so that the content can be erased."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, String, Table, Text

from voice.registry.schema.columns import Json, Number, UtcDateTime, metadata

chain = Table(
    "audit_chain",
    metadata,
    Column("id", Number, primary_key=True, autoincrement=False),
    Column("at", UtcDateTime, nullable=False),
    Column("kind", String(40), nullable=False),
    Column("digest", String(64), nullable=False, unique=True),
    Column("hash", String(64), nullable=False),
)

contents = Table(
    "audit_contents",
    metadata,
    Column("id", Number, primary_key=True, autoincrement=False),
    Column("salt", String(64), nullable=False),
    Column("actor", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("target", Text),
    Column("details", Json, nullable=False),
    Index("audit_contents_by_actor", "actor", "id"),
    Index("audit_contents_by_target", "target", "id"),
)

head = Table(  # one row, which a writer locks
    "audit_head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("last_id", Number, nullable=False),
    Column("last_hash", String(64), nullable=False),
)
