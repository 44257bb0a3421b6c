"""Queries of the list of calls: its filters, and the cursors of its pages."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select, tuple_

from voice.calls import TERMINAL_RANK, Call, is_call_sid
from voice.errors import Malformed
from voice.registry.call_text import conditions_of
from voice.registry.schema.calls import calls
from voice.registry.schema.commands import command_legs, commands

_COLUMNS = {"from_": "from_number", "to": "to_number"}
CALL_FIELDS = [calls.c[_COLUMNS.get(name, name)].label(name) for name in Call.__dataclass_fields__]
_PLACE = tuple_(calls.c.started_at, calls.c.call_sid)
Place = tuple[datetime, str]  # of a call in the list, newest first


@dataclass(frozen=True)
class CallQuery:
    """The filters of `GET /admin/calls`. `status` can hold `live`, `ended` and Twilio's words."""

    status: tuple[str, ...] = ()
    from_: str | None = None
    to: str | None = None
    scene: str | None = None
    operator: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    q: str | None = None
    limit: int = 50
    cursor: str | None = None


def page_of_calls(query: CallQuery) -> Select[Any]:
    """A SELECT of one page of calls, newest first, and one call more. Raises Malformed for a wrong cursor."""
    page = select(*CALL_FIELDS).where(*filters_of(query, place_after(query.cursor)))
    return newest_first(page).limit(query.limit + 1)


def newest_first(found: Select[Any]) -> Select[Any]:
    """The SELECT in the order of the list."""
    return found.order_by(calls.c.started_at.desc(), calls.c.call_sid.desc())


def cursor_after(call: Call) -> str:
    """The cursor of the page that begins after this call."""
    place = f"{call.started_at.isoformat()} {call.call_sid}"
    return base64.urlsafe_b64encode(place.encode()).decode().rstrip("=")


def place_after(cursor: str | None) -> Place | None:
    """The place after which the page of this cursor begins. Raises Malformed."""
    return _place_of(cursor) if cursor else None


def filters_of(
    query: CallQuery, place: Place | None = None, end: Place | None = None
) -> list[ColumnElement[bool]]:
    """The conditions on a call of the query: after a place of the list, up to the place `end`."""
    equal = (
        (calls.c.from_number, query.from_),
        (calls.c.to_number, query.to),
        (calls.c.scene, query.scene),
    )
    conditions = [column == value for column, value in equal if value is not None]
    if query.operator is not None:
        conditions.append(calls.c.call_sid.in_(_calls_changed_by(query.operator)))
    if query.status:
        conditions.append(_has_status(query.status))
    if query.since:
        conditions.append(calls.c.started_at >= query.since)
    if query.until:
        conditions.append(calls.c.started_at < query.until)
    if query.q:
        conditions.append(or_(*conditions_of(query.q)))
    if place:
        conditions.append(tuple_(*place) > _PLACE)
    if end:
        conditions.append(tuple_(*end) <= _PLACE)
    return conditions


def _calls_changed_by(operator: str) -> Select[Any]:
    """The calls that the operator's commands were for, or moved along with another call."""
    mine = commands.c.operator == operator
    moved = select(command_legs.c.call_sid).join(commands, commands.c.id == command_legs.c.command_id)
    return select(commands.c.call_sid).where(mine).union(moved.where(mine)).subquery().select()


def _has_status(words: tuple[str, ...]) -> ColumnElement[bool]:
    groups = {
        "live": calls.c.status_rank < TERMINAL_RANK,
        "ended": calls.c.status_rank == TERMINAL_RANK,
    }
    return or_(*(groups.get(word, calls.c.status == word) for word in words))


def _place_of(cursor: str) -> Place:
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        text, _, call_sid = base64.urlsafe_b64decode(padded).decode().partition(" ")
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is not None and is_call_sid(call_sid):
            return moment.astimezone(UTC), call_sid
    except (ValueError, OverflowError):
        pass
    raise Malformed("The cursor is not from this list. Start with the first page.")
