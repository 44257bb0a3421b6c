"""The ids of events, which rise in the order in which readers get the events.

SQLite has one writer at a time, so a counter row numbers the events without gaps. On PostgreSQL many transactions
write at once, and a sequence numbers their events. It hands out an id before the commit, so a reader takes only the
ids that are final: see `final_ids.py`. An id whose transaction failed is never used.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, select, text, update

from voice.events import Event, NewEvent
from voice.registry.schema.events import EVENTS_ROW, WRITERS_ROW, events, feed

_COUNT = (
    update(feed)
    .where(feed.c.name == EVENTS_ROW)
    .values(last_id=feed.c.last_id + bindparam("count"))
    .returning(feed.c.last_id)
)
# The transaction has its own id before it takes one for an event: `final_ids.py` relies on that order.
NEXT_ID = "CASE WHEN pg_current_xact_id() IS NOT NULL THEN nextval('event_ids') END"
_NEXT_IDS = text(f"SELECT {NEXT_ID} FROM generate_series(1, :count)")
_WRITERS = select(feed.c.name).where(feed.c.name == WRITERS_ROW).with_for_update()
_INSERT = events.insert()


def lock_sequence(connection: Connection) -> None:
    """Let operators and workers write one after the other. Take this lock before any other.

    Webhooks do not take it on PostgreSQL. On SQLite a transaction has the only lock from its beginning.
    """
    if connection.dialect.name != "sqlite":
        connection.execute(_WRITERS)


def take_ids(connection: Connection, count: int = 1) -> list[int]:
    """The next `count` ids, in rising order."""
    if connection.dialect.name != "sqlite":
        return list(connection.execute(_NEXT_IDS, {"count": count}).scalars())
    last_id: int = connection.execute(_COUNT, {"count": count}).scalar_one()
    return list(range(last_id - count + 1, last_id + 1))


def take_id(connection: Connection) -> int:
    """The next id."""
    return take_ids(connection)[0]


def add_event(connection: Connection, new: NewEvent, event_id: int | None = None) -> Event:
    """The event, stored with its id. Raises IntegrityError if its dedupe key is stored already."""
    event = Event(
        id=event_id or take_id(connection),
        call_sid=new.call_sid,
        kind=new.kind,
        at=new.at,
        source=new.source,
        details=new.details,
        command_id=new.command_id,
    )
    connection.execute(_INSERT, {**vars(event), "dedupe_key": new.dedupe_key})
    return event


def add_events(connection: Connection, new: Sequence[NewEvent], ids: Sequence[int] | None = None) -> None:
    """Store several events in one statement. `ids` are theirs, if they are taken already."""
    if not new:
        return
    taken = ids or take_ids(connection, len(new))
    rows = [{**vars(event), "id": event_id} for event, event_id in zip(new, taken, strict=True)]
    connection.execute(_INSERT, rows)
