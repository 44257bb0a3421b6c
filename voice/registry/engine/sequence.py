"""The ids of events.

A counter row assigns them, not a database sequence. The row stays locked until the commit, so ids follow the order of
the commits without gaps, and a reader that asks for `id > last` misses nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, select, update

from voice.events import Event, NewEvent
from voice.registry.schema.events import events, feed

LAST_ID = select(feed.c.last_id).where(feed.c.name == "events")
_TAKE = (
    update(feed)
    .where(feed.c.name == "events")
    .values(last_id=feed.c.last_id + bindparam("count"))
    .returning(feed.c.last_id)
)
_INSERT = events.insert()


def lock_sequence(connection: Connection) -> int:
    """The last id. No other transaction gets an id until this one ends. Take this lock before any other."""
    last_id: int = connection.execute(LAST_ID.with_for_update()).scalar_one()
    return last_id


def take_ids(connection: Connection, count: int = 1) -> int:
    """The first of the next `count` ids. No other transaction gets an id before this one commits."""
    last_id: int = connection.execute(_TAKE, {"count": count}).scalar_one()
    return last_id - count + 1


def add_event(connection: Connection, new: NewEvent, event_id: int | None = None) -> Event:
    """The event, stored with its id. Raises IntegrityError if its dedupe key is stored already."""
    event = Event(
        id=event_id or take_ids(connection),
        call_sid=new.call_sid,
        kind=new.kind,
        at=new.at,
        source=new.source,
        details=new.details,
        command_id=new.command_id,
    )
    connection.execute(_INSERT, {**vars(event), "dedupe_key": new.dedupe_key})
    return event


def add_events(connection: Connection, new: Sequence[NewEvent], first: int | None = None) -> None:
    """Store several events in one statement. `first` is the id of the first one, if it is taken already."""
    if not new:
        return
    start = first or take_ids(connection, len(new))
    rows = [{**vars(event), "id": start + place} for place, event in enumerate(new)]
    connection.execute(_INSERT, rows)
