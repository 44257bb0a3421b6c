"""Event: a fact that was recorded: what happened, to which call, when, who or what said so. Never changed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from voice.event_kinds import KindName
from voice.json_record import JsonRecord, UtcTime


def now() -> datetime:
    """The time, UTC and aware."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Event(JsonRecord):
    """One fact. `id` counts up by one from 1, in the order of the commits, with no gap."""

    id: int
    call_sid: str | None
    kind: str
    at: UtcTime
    source: str
    details: dict[str, Any]
    command_id: int | None = None


@dataclass(frozen=True)
class NewEvent:
    """A fact before it has its number. Two with the same `dedupe_key` are one fact, told twice."""

    kind: KindName
    source: str
    call_sid: str | None = None
    details: dict[str, Any] = field(default_factory=dict)
    dedupe_key: str | None = None
    command_id: int | None = None
    at: datetime = field(default_factory=now)
