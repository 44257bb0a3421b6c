"""Calls: one row for each CallSid, with the status, the scene and the conference that were reported last."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, String, Table, Text, text

from voice.calls import TERMINAL_RANK
from voice.registry.engine.number_index import BY_BYTES, ending
from voice.registry.schema.columns import Json, UtcDateTime, metadata

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
Index("calls_by_from", calls.c.from_number, calls.c.started_at, postgresql_ops={"from_number": BY_BYTES})
Index("calls_by_to", calls.c.to_number, calls.c.started_at, postgresql_ops={"to_number": BY_BYTES})
Index("calls_by_from_end", ending(calls.c.from_number).label("ending"), postgresql_ops={"ending": BY_BYTES})
Index("calls_by_to_end", ending(calls.c.to_number).label("ending"), postgresql_ops={"ending": BY_BYTES})
Index("calls_by_parent", calls.c.parent_call_sid)
Index("calls_by_conference", calls.c.conference_sid)
Index("calls_by_end", calls.c.ended_at)
