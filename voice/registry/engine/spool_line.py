"""One line of the spool: an event and what it says about its call, as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import uuid4

from voice.calls import CallFacts
from voice.events import NewEvent

Record = Callable[[NewEvent, CallFacts | None], object]


def encode(event: NewEvent, facts: CallFacts | None) -> str:
    """The line. An event without a dedupe key gets one, so that a repeated drain records it once."""
    key = event.dedupe_key or f"spool:{uuid4()}"
    line = {"event": {**asdict(event), "dedupe_key": key}, "facts": facts and asdict(facts)}
    return json.dumps(line, default=_iso)


def decode(line: bytes) -> tuple[NewEvent, CallFacts | None]:
    """The event and the facts. Raises an error of any kind if the line is damaged."""
    kept = json.loads(line)
    event = NewEvent(**{**kept["event"], "at": datetime.fromisoformat(kept["event"]["at"])})
    facts = kept["facts"]
    if facts is None:
        return event, None
    for moment in ("started_at", "ended_at"):
        facts[moment] = facts[moment] and datetime.fromisoformat(facts[moment])
    return event, CallFacts(**facts)


def _iso(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"The spool cannot hold a value of the type {type(value).__name__}.")
