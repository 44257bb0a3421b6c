"""The numbers of events.

They are given out by a counter row, not by a sequence: the row stays locked until the commit, so numbers
come in the order of the commits and with no gap, and a reader that asks for `id > last` misses nothing.
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
INSERT_EVENT = events.insert()


def hold(connection: Connection) -> int:
    """The last number. Nobody else gets one until this transaction is over: take this lock before any other."""
    return connection.execute(LAST_ID.with_for_update()).scalar_one()


def take(connection: Connection, count: int = 1) -> int:
    """The first of the next `count` numbers, all of them used; nobody else gets one before the commit."""
    return connection.execute(_TAKE, {"count": count}).scalar_one() - count + 1


def add_event(connection: Connection, new: NewEvent, event_id: int | None = None) -> Event:
    """The event, numbered and stored. Raises IntegrityError if its dedupe key was stored before."""
    event = Event(
        id=event_id or take(connection),
        call_sid=new.call_sid,
        kind=new.kind,
        at=new.at,
        source=new.source,
        details=new.details,
        command_id=new.command_id,
    )
    connection.execute(INSERT_EVENT, {**vars(event), "dedupe_key": new.dedupe_key})
    return event


def add_events(connection: Connection, new: Sequence[NewEvent], first: int | None = None) -> None:
    """`add_event` for several, in one statement; `first` is the number of the first where it was taken before."""
    if not new:
        return
    start = first or take(connection, len(new))
    connection.execute(
        INSERT_EVENT, [{**vars(event), "id": start + place} for place, event in enumerate(new)]
    )
