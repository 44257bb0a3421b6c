"""The insert of events that may be recorded already: one statement on PostgreSQL, whatever their number.

Two webhooks with the same dedupe key can arrive at two hosts at once. The second insert then waits for the first
transaction, and inserts nothing if it commits.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, text

from voice.events import NewEvent
from voice.registry.engine.sequence import NEXT_ID
from voice.registry.schema.columns import to_json

_INSERT = text(f"""
INSERT INTO events (id, call_sid, kind, at, source, details, command_id, dedupe_key)
SELECT {NEXT_ID}, call_sid, kind, at, source, details, command_id, dedupe_key
FROM (
    SELECT * FROM json_to_recordset(:rows) AS given(
        place int, call_sid text, kind text, at timestamptz, source text, details text, command_id bigint,
        dedupe_key text)
    WHERE dedupe_key IS NULL
        OR NOT EXISTS (SELECT FROM events WHERE events.dedupe_key = given.dedupe_key)
    ORDER BY place
) AS missing
ON CONFLICT (dedupe_key) DO NOTHING
RETURNING dedupe_key
""")


def insert_new(connection: Connection, new: Sequence[NewEvent]) -> list[bool]:
    """Insert the events whose dedupe key is new; for each event, whether it was inserted."""
    is_first = are_new([event.dedupe_key for event in new])
    rows = [_row(place, event) for place, event in enumerate(new) if is_first[place]]
    inserted = set(connection.execute(_INSERT, {"rows": json.dumps(rows)}).scalars())
    return [
        first and (event.dedupe_key is None or event.dedupe_key in inserted)
        for event, first in zip(new, is_first, strict=True)
    ]


def are_new(keys: Sequence[str | None], known: Iterable[str | None] = ()) -> list[bool]:
    """For each dedupe key, whether it is neither known nor an earlier one of the list."""
    seen = set(known)
    is_new = []
    for key in keys:
        is_new.append(key is None or key not in seen)
        seen.add(key)
    return is_new


def _row(place: int, event: NewEvent) -> dict[str, Any]:
    return {**vars(event), "at": event.at.isoformat(), "details": to_json(event.details), "place": place}
