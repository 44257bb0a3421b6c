"""Rules, and the calls that each step of a rule was applied to."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, String, Table, Text, text

from voice.registry.schema.columns import Json, Number, UtcDateTime, claim_columns, metadata

rules = Table(
    "rules",
    metadata,
    Column("id", Number, primary_key=True, autoincrement=False),
    Column("name", String(64), nullable=False, unique=True),
    Column("enabled", Boolean, nullable=False),
    Column("ready_made", String(64)),
    Column("params", Json, nullable=False),
    Column("steps", Json, nullable=False),
    Column("changed_by", String(80), nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
)

rule_hits = Table(
    "rule_hits",
    metadata,
    Column("rule_id", Number, primary_key=True, autoincrement=False),
    Column("step", Integer, primary_key=True, autoincrement=False),
    Column("call_sid", String(34), primary_key=True),
    Column("claimed_at", UtcDateTime, nullable=False),
    Column("attempt", Integer, nullable=False, server_default=text("1")),
    Column("finished_at", UtcDateTime),
    Column("command_id", BigInteger),
    Column("message", Text),
    *claim_columns(),
)
HIT_IS_OPEN = text("finished_at IS NULL")
Index(
    "rule_hits_open", rule_hits.c.rule_id, rule_hits.c.step, rule_hits.c.claimed_at,
    sqlite_where=HIT_IS_OPEN, postgresql_where=HIT_IS_OPEN,
)  # fmt: skip
