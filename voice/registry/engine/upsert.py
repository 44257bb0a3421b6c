"""The upsert of calls: one statement merges what a webhook or an answer says about a call into its row."""

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

# Twilio's API gives the second in which a call began. The time of the first webhook is more precise.
API_PRECISION = timedelta(seconds=1)
_STARTED_BY = bindparam("started_by", type_=UtcDateTime())
_FILLED = ("parent_call_sid", "direction", "from_number", "to_number", "duration_seconds")
_STATUS = ("status", "status_rank")
_PLACE = ("scene", "scene_url", "scene_inputs")
_CONFERENCE = ("conference_sid", "room", "room_sequence", "in_room", "room_state")


def upsert_calls(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Insert the calls or bring them forward. A status whose rank is not higher changes nothing; gaps are filled.

    The place (scene) follows the newest command only: a late webhook of an interrupted scene has an older epoch and
    changes nothing. The conference follows its own sequence numbers.
    """
    connection.execute(_upsert(connection.dialect.name), list(rows))


def call_row(facts: CallFacts, at: datetime, epoch: int) -> dict[str, Any]:
    """The row for facts reported `at` this time. `epoch` is the id of the command that moved the call there, or 0."""
    status = facts.status or "queued"
    ended = RANKS[status] == TERMINAL_RANK
    ended_at = (facts.ended_at or at) if ended else None
    answered_at = _answered_at(facts, at, ended_at)
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
        **{name: getattr(facts, name) for name in _CONFERENCE},
        "started_at": min(facts.started_at or at, answered_at or at, ended_at or at),
        "started_by": facts.started_at + API_PRECISION if facts.started_at else at,
        "answered_at": answered_at,
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


@cache
def _upsert(dialect: str) -> Any:
    insert: Any = sqlite.insert(calls) if dialect == "sqlite" else postgresql.insert(calls)
    new = insert.excluded
    forward, newest = new.status_rank > calls.c.status_rank, new.epoch >= calls.c.epoch
    return insert.on_conflict_do_update(
        index_elements=["call_sid"],
        set_={
            **{name: func.coalesce(calls.c[name], new[name]) for name in _FILLED},
            **_replace_if(forward, new, _STATUS),
            **_replace_if(newest & new.scene.is_not(None), new, _PLACE),
            **_replace_if(newest & _is_another_scene(new), new, ("place_since",)),
            **_replace_if(newest, new, ("epoch",)),
            **_replace_if(_is_later_in_conference(new), new, _CONFERENCE),
            **_times(new, forward),
            **_replace_if(new.heard_at > calls.c.heard_at, new, ("heard_at",)),
        },
    )


def _times(new: Any, forward: Any) -> dict[str, Any]:
    """Start, answer and end, in this order. Twilio's whole seconds and late webhooks can suggest another one."""
    ended_at = case((forward, new.ended_at), else_=calls.c.ended_at)
    answered_at = _earlier(func.coalesce(calls.c.answered_at, new.answered_at), ended_at)
    started_at = case((calls.c.started_at >= _STARTED_BY, new.started_at), else_=calls.c.started_at)
    started_at = _earlier(_earlier(started_at, ended_at), answered_at)
    return {"started_at": started_at, "answered_at": answered_at, "ended_at": ended_at}


def _earlier(moment: Any, other: Any) -> Any:
    """The earlier of two times; the first one if one of them is NULL."""
    return case((other < moment, other), else_=moment)


def _replace_if(condition: Any, new: Any, names: Sequence[str]) -> dict[str, Any]:
    return {name: case((condition, new[name]), else_=calls.c[name]) for name in names}


def _is_another_scene(new: Any) -> Any:
    """Another scene than before. A repeated prompt or a resume does not reset the waiting time."""
    return new.scene.is_not(None) & new.scene.is_distinct_from(calls.c.scene)


def _is_later_in_conference(new: Any) -> Any:
    """A later report of the same conference, the first report of any, or one of another that the call has joined."""
    same = calls.c.conference_sid == new.conference_sid
    later = same & (new.room_sequence > calls.c.room_sequence)
    other = ~same & new.in_room.is_(True)
    return new.conference_sid.is_not(None) & or_(calls.c.conference_sid.is_(None), later, other)
