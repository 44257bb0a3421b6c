"""Events for tests of the spool, and the contents of its files."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from tests.support.clients import new_call_sid
from voice.calls import CallFacts
from voice.events import NewEvent
from voice.registry import Registry
from voice.registry.engine.spool import Spool

MOMENT = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)


def numbered_event(number: int, key: str | None = None) -> tuple[NewEvent, CallFacts]:
    """An event of the kind `k<number>`, with the facts of a new call."""
    call_sid = new_call_sid()
    event = NewEvent(f"k{number}", "twilio", call_sid, {"n": number}, key, at=MOMENT)
    return event, CallFacts(call_sid, "ringing")


def spool_with(folder: Path, *numbers: int) -> Spool:
    """A spool that holds an event of each number."""
    spool = Spool(folder)
    for number in numbers:
        spool.append(*numbered_event(number))
    return spool


def recorded_kinds(registry: Registry) -> list[str]:
    """The kinds of all recorded events, in order."""
    return [event.kind for event in registry.events.after(0)]


def lines_of(path: Path) -> list[bytes]:
    """The lines of a file; none if it does not exist."""
    return path.read_bytes().splitlines() if path.exists() else []
