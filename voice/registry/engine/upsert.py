"""Bringing a call forward: what a webhook or an answer says of it, merged into its row in one statement."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Connection, bindparam, case, func, or_
from sqlalchemy.dialects import postgresql, sqlite

from voice.calls import RANKS, TERMINAL_RANK, CallFacts
from voice.registry.schema.calls import calls
from voice.registry.schema.columns import UtcDateTime

# Twilio's API tells the second in which a call began; the moment of its first webhook is finer.
TWILIOS_SECOND = timedelta(seconds=1)
_STARTED_BY = bindparam("started_by", type_=UtcDateTime())


def upsert_calls(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Create the calls or bring them forward: a status of no higher rank changes nothing, gaps are filled.

    The place (scene) follows the newest command only: a late webhook of an interrupted scene has an older
    epoch and leaves it alone. A room follows its conference's own sequence numbers.
    """
    connection.execute(_upsert(connection.dialect.name), list(rows))


def call_row(facts: CallFacts, at: datetime, epoch: int) -> dict[str, Any]:
    """The row for what was said `at` a moment by a webhook that came by the command `epoch` (0: by none)."""
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
        "scene_inputs": facts.scene_inputs,
        "place_since": at if facts.scene else None,
        "epoch": epoch,
        **{name: getattr(facts, name) for name in _ROOM},
        "started_at": facts.started_at or at,
        "started_by": facts.started_at + TWILIOS_SECOND if facts.started_at else at,
        "answered_at": _answered_at(facts, at, ended_at),
        "ended_at": ended_at,
        "duration_seconds": facts.duration_seconds,
        "heard_at": at,
    }


def _answered_at(facts: CallFacts, at: datetime, ended_at: datetime | None) -> datetime | None:
    if facts.status == "in-progress":
        return at
    if facts.status == "completed" and ended_at and facts.duration_seconds is not None:
        return ended_at - timedelta(seconds=facts.duration_seconds)
    return None


_FILLED = ("parent_call_sid", "direction", "from_number", "to_number", "answered_at", "duration_seconds")
_PLACE = ("scene", "scene_url", "scene_inputs")
_ROOM = ("conference_sid", "room", "room_sequence", "in_room", "room_state")


@cache
def _upsert(dialect: str) -> Any:
    insert = (sqlite if dialect == "sqlite" else postgresql).insert(calls)
    new = insert.excluded
    forward, newest = new.status_rank > calls.c.status_rank, new.epoch >= calls.c.epoch
    return insert.on_conflict_do_update(
        index_elements=["call_sid"],
        set_={
            **{name: func.coalesce(calls.c[name], new[name]) for name in _FILLED},
            **_replaced(new, ("status", "status_rank", "ended_at"), forward),
            **_replaced(new, _PLACE, newest & new.scene.is_not(None)),
            **_replaced(new, ("place_since",), newest & _is_elsewhere(new)),
            **_replaced(new, ("epoch",), newest),
            **_replaced(new, _ROOM, _is_later_in_room(new)),
            **_replaced(new, ("started_at",), calls.c.started_at >= _STARTED_BY),
            "heard_at": case((new.heard_at > calls.c.heard_at, new.heard_at), else_=calls.c.heard_at),
        },
    )


def _replaced(new: Any, names: Sequence[str], when: Any) -> dict[str, Any]:
    return {name: case((when, new[name]), else_=calls.c[name]) for name in names}


def _is_elsewhere(new: Any) -> Any:
    """Another scene than before: who is asked again, or led back after an interruption, has waited all the while."""
    return new.scene.is_not(None) & new.scene.is_distinct_from(calls.c.scene)


def _is_later_in_room(new: Any) -> Any:
    """Told later of the same conference, or the first of one, or of another one that the call has joined."""
    same = calls.c.conference_sid == new.conference_sid
    later = same & (new.room_sequence > calls.c.room_sequence)
    other = ~same & new.in_room.is_(True)
    return new.conference_sid.is_not(None) & or_(calls.c.conference_sid.is_(None), later, other)
