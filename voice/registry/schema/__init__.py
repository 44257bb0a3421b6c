"""The tables. A change here needs a migration beside it; a test compares the two."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Dialect,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)

from voice.calls import TERMINAL_RANK

metadata = MetaData()
Number = BigInteger().with_variant(Integer, "sqlite")  # there it is then the rowid


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment in UTC; SQLite keeps it as text without the zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None or dialect.name != "sqlite":
            return value
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Json(TypeDecorator[Any]):
    """JSON as ASCII text: the same bytes in both databases, whatever a caller said."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, _dialect: Dialect) -> str | None:
        return None if value is None else json.dumps(value, separators=(",", ":"))

    def process_result_value(self, value: str | None, _dialect: Dialect) -> Any:
        return None if value is None else json.loads(value)


calls = Table(
    "calls",
    metadata,
    Column("call_sid", String(34), primary_key=True),
    Column("parent_call_sid", String(34)),
    Column("direction", String(32)),
    Column("from_number", Text),
    Column("to_number", Text),
    Column("status", String(16), nullable=False),
    Column("status_rank", Integer, nullable=False),
    Column("scene", String(64)),
    Column("scene_url", Text),
    Column("epoch", BigInteger, nullable=False, server_default=text("0")),
    Column("started_at", UtcDateTime, nullable=False),
    Column("answered_at", UtcDateTime),
    Column("ended_at", UtcDateTime),
    Column("duration_seconds", Integer),
    Column("heard_at", UtcDateTime, nullable=False),
    Column("asked_at", UtcDateTime),
    Column("scene_inputs", Json),
    Column("place_since", UtcDateTime),
    Column("conference_sid", String(34)),
    Column("room", Text),
    Column("room_sequence", Integer),
    Column("in_room", Boolean),
    Column("room_state", Json),
)

IS_LIVE = text(f"status_rank < {TERMINAL_RANK}")
Index("calls_by_start", calls.c.started_at, calls.c.call_sid)
Index("calls_live", calls.c.started_at, calls.c.call_sid, sqlite_where=IS_LIVE, postgresql_where=IS_LIVE)
Index("calls_by_from", calls.c.from_number, calls.c.started_at)
Index("calls_by_to", calls.c.to_number, calls.c.started_at)
Index("calls_by_parent", calls.c.parent_call_sid)
Index("calls_by_conference", calls.c.conference_sid)

events = Table(
    "events",
    metadata,
    Column("id", Number, primary_key=True, autoincrement=False),
    Column("call_sid", String(34)),
    Column("kind", String(32), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("source", String(80), nullable=False),
    Column("details", Json, nullable=False),
    Column("command_id", BigInteger),
    Column("dedupe_key", String(120), unique=True),
    Index("events_by_call", "call_sid", "id"),
)

commands = Table(
    "commands",
    metadata,
    Column("id", Number, primary_key=True, autoincrement=False),
    Column("call_sid", String(34)),
    Column("command", String(64), nullable=False),
    Column("arguments", Json, nullable=False),
    Column("operator", String(80), nullable=False),
    Column("state", String(16), nullable=False),
    Column("error_code", String(40)),
    Column("twilio_code", Integer),
    Column("message", Text),
    Column("requested_at", UtcDateTime, nullable=False),
    Column("finished_at", UtcDateTime),
    Column("idempotency_key", String(200)),
    Column("fingerprint", String(64)),
    Column("proof", String(8)),
    UniqueConstraint("operator", "idempotency_key", name="commands_idempotency"),
    Index("commands_by_call", "call_sid", "id"),
)

IS_OPEN = text("state IN ('requested', 'unconfirmed', 'accepted') AND finished_at IS NULL")
Index("commands_open", commands.c.requested_at, sqlite_where=IS_OPEN, postgresql_where=IS_OPEN)

command_legs = Table(  # the other calls that a command moves, and whether they have arrived
    "command_legs",
    metadata,
    Column("command_id", BigInteger, primary_key=True, autoincrement=False),
    Column("call_sid", String(34), primary_key=True),
    Column("arrived", Boolean, nullable=False, server_default=text("false")),
)

tokens = Table(
    "tokens",
    metadata,
    Column("name", String(80), primary_key=True),
    Column("role", String(16), nullable=False),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("created_at", UtcDateTime, nullable=False),
    Column("revoked_at", UtcDateTime),
)

feed = Table(
    "feed",
    metadata,
    Column("name", String(16), primary_key=True),
    Column("last_id", BigInteger, nullable=False),
)
