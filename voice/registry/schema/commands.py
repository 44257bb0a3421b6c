"""Commands, and the other calls that a command moves."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from voice.registry.schema.columns import Json, Number, UtcDateTime, claim_columns, metadata

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
    Column("sent_at", UtcDateTime),
    Column("check_at", UtcDateTime),  # when the worker next looks for evidence of an accepted command
    *claim_columns(),
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
    Column(
        "joined", Boolean, nullable=False, server_default=text("false")
    ),  # a conference, before the answer
)
