"""The metadata of all tables, and column types that behave alike in both databases."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import partial
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Dialect,
    Integer,
    MetaData,
    String,
    Text,
    TypeDecorator,
    text,
)
from sqlalchemy.dialects import sqlite
from sqlalchemy.types import TypeEngine

metadata = MetaData()
Number = BigInteger().with_variant(Integer, "sqlite")  # an Integer key is the rowid of SQLite

to_json = json.JSONEncoder(separators=(",", ":")).encode


class _TimeText(sqlite.DATETIME):
    """SQLAlchemy's text for a time in SQLite. A webhook writes eight of them, so this one is made in C."""

    def bind_processor(self, dialect: Dialect) -> Any:
        return _time_text


def _time_text(value: datetime | None) -> str | None:
    return None if value is None else value.isoformat(" ", "microseconds")


def claim_columns() -> tuple[Column[Any], ...]:
    """The columns of a claim: its owner, its deadline by the database's clock, and its number."""
    return (
        Column("claimed_by", String(16)),
        Column("claimed_until", UtcDateTime),
        Column("fence", Integer, nullable=False, server_default=text("0")),
    )


class UtcDateTime(TypeDecorator[datetime]):
    """An aware time in UTC. SQLite stores it as text without a zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        kind: Any = _TimeText if dialect.name == "sqlite" else partial(DateTime, timezone=True)
        return dialect.type_descriptor(kind())

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None or dialect.name != "sqlite":
            return value
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Json(TypeDecorator[Any]):
    """JSON as ASCII text, so that both databases store the same bytes."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, _dialect: Dialect) -> str | None:
        return None if value is None else to_json(value)

    def process_result_value(self, value: str | None, _dialect: Dialect) -> Any:
        return None if value is None else json.loads(value)
