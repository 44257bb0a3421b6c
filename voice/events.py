"""Event: a fact that was recorded: what happened, to which call, when, who or what said so. Never changed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any


def now() -> datetime:
    """The time, UTC and aware."""
    return datetime.now(UTC)


def iso(moment: datetime | None) -> str | None:
    """ISO 8601 in UTC with milliseconds, `2026-03-01T09:30:00.000Z`; None stays None."""
    if moment is None:
        return None
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass(frozen=True)
class Event:
    """One fact. `id` counts up by one from 1, in the order of the commits, with no gap."""

    id: int
    call_sid: str | None
    kind: str
    at: datetime
    source: str
    details: dict[str, Any]
    command_id: int | None = None

    def as_json(self) -> dict[str, Any]:
        """The event as the admin API and the feed show it."""
        return {
            "id": self.id,
            "call_sid": self.call_sid,
            "kind": self.kind,
            "at": iso(self.at),
            "source": self.source,
            "details": self.details,
            "command_id": self.command_id,
        }


@dataclass(frozen=True)
class NewEvent:
    """A fact before it has its number. Two with the same `dedupe_key` are one fact, told twice."""

    kind: str
    source: str
    call_sid: str | None = None
    details: dict[str, Any] = field(default_factory=dict)
    dedupe_key: str | None = None
    command_id: int | None = None
    at: datetime = field(default_factory=now)
