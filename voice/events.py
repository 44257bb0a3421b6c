"""Event: an immutable fact. It says what happened, to which call, when, and which source reported it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from voice.event_kinds import KindName
from voice.json_record import JsonRecord, UtcTime


def now() -> datetime:
    """The current time, aware and in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Event(JsonRecord):
    """A recorded fact. Ids rise in the order in which readers get the events; an id can be missing."""

    id: int
    call_sid: str | None
    kind: str
    at: UtcTime
    source: str
    details: dict[str, Any]
    command_id: int | None = None


@dataclass(frozen=True)
class NewEvent:
    """A fact to record. Of several facts with the same `dedupe_key` only the first is recorded."""

    kind: KindName
    source: str
    call_sid: str | None = None
    details: dict[str, Any] = field(default_factory=dict)
    dedupe_key: str | None = None
    command_id: int | None = None
    at: datetime = field(default_factory=now)
