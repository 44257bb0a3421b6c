"""Writing down what happened: an event, and what it says of its call, in one transaction.

Events are numbered by a counter row, not by a sequence: the row stays locked until the commit, so numbers
come in the order of the commits and with no gap, and a reader that asks for `id > last` misses nothing.
"""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from typing import Any

from sqlalchemy import Connection, case, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from voice.calls import RANKS, TERMINAL_RANK, CallFacts
from voice.events import Event, NewEvent
from voice.registry.schema import calls, events, feed

NEXT_ID = (
    update(feed).where(feed.c.name == "events").values(last_id=feed.c.last_id + 1).returning(feed.c.last_id)
)

LAST_ID = select(feed.c.last_id).where(feed.c.name == "events")


def next_id(connection: Connection) -> int:
    """The number of the next event; whoever asks afterwards waits until this transaction is over."""
    return connection.execute(NEXT_ID).scalar_one()


def hold_feed(connection: Connection) -> None:
    """Take the counter's lock before any other row's, in the order in which everybody takes them."""
    connection.execute(LAST_ID.with_for_update())


def add_event(connection: Connection, new: NewEvent, event_id: int | None = None) -> Event:
    """The event, numbered and stored. Raises IntegrityError if its dedupe key was stored before."""
    event = Event(
        id=event_id or next_id(connection),
        call_sid=new.call_sid,
        kind=new.kind,
        at=new.at,
        source=new.source,
        details=new.details,
        command_id=new.command_id,
    )
    connection.execute(_INSERT_EVENT, {**vars(event), "dedupe_key": new.dedupe_key})
    return event


_INSERT_EVENT = events.insert()


def upsert_call(connection: Connection, facts: CallFacts, at: Any, epoch: int = 0) -> None:
    """Create the call or bring it forward: a status of no higher rank changes nothing, gaps are filled.

    The place (scene) follows the newest command only: a late webhook of an interrupted scene has an older
    epoch and leaves it alone.
    """
    connection.execute(_upsert(connection.dialect.name), _row(facts, at, epoch))


def _row(facts: CallFacts, at: Any, epoch: int) -> dict[str, Any]:
    status = facts.status or "queued"
    ended = RANKS[status] == TERMINAL_RANK
    ended_at = (facts.ended_at or at) if ended else None
    return {
        "call_sid": facts.call_sid,
        "parent_call_sid": facts.parent_call_sid,
        "direction": facts.direction,
        "from_number": facts.from_,
        "to_number": facts.to,
        "status": status,
        "status_rank": RANKS[status],
        "scene": facts.scene,
        "scene_url": facts.scene_url,
        "epoch": epoch,
        "started_at": facts.started_at or at,
        "answered_at": _answered_at(facts, at, ended_at),
        "ended_at": ended_at,
        "duration_seconds": facts.duration_seconds,
        "heard_at": at,
    }


def _answered_at(facts: CallFacts, at: Any, ended_at: Any) -> Any:
    if facts.status == "in-progress":
        return at
    if facts.status == "completed" and ended_at and facts.duration_seconds is not None:
        return ended_at - timedelta(seconds=facts.duration_seconds)
    return None


@cache
def _upsert(dialect: str) -> Any:
    insert = (sqlite if dialect == "sqlite" else postgresql).insert(calls)
    new = insert.excluded
    forward = new.status_rank > calls.c.status_rank
    newest = (new.epoch >= calls.c.epoch) & new.scene.is_not(None)
    filled = ("parent_call_sid", "direction", "from_number", "to_number", "answered_at", "duration_seconds")
    return insert.on_conflict_do_update(
        index_elements=["call_sid"],
        set_={
            **{name: func.coalesce(calls.c[name], new[name]) for name in filled},
            **{name: case((forward, new[name]), else_=calls.c[name]) for name in ("status", "status_rank")},
            **{
                name: case((newest, new[name]), else_=calls.c[name])
                for name in ("scene", "scene_url", "epoch")
            },
            "ended_at": case((forward, new.ended_at), else_=calls.c.ended_at),
            "started_at": case(
                (new.started_at < calls.c.started_at, new.started_at), else_=calls.c.started_at
            ),
            "heard_at": case((new.heard_at > calls.c.heard_at, new.heard_at), else_=calls.c.heard_at),
        },
    )
