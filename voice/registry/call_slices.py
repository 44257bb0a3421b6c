"""Pages of calls that no index finds, read in slices: each looks at so many calls, whether or not they match."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, select

from voice.calls import Call
from voice.registry.call_query import CALL_FIELDS, CallQuery, Place, filters_of, newest_first, place_after
from voice.registry.engine.database import Database
from voice.registry.schema.calls import calls

SLICE_CALLS = 500


def needs_slices(query: CallQuery) -> bool:
    """True for a query that may look at every call before it finds a page."""
    if query.from_ or query.to or query.operator or query.status == ("live",):
        return False
    return bool(query.q or query.scene or query.status)


def find_in_slices(database: Database, query: CallQuery) -> list[Call]:
    """The calls of one page, and one more. Between two slices other greenlets run."""
    found: list[Call] = []
    place = place_after(query.cursor)
    while True:
        with database.read_turns.turn():
            rows = database.fetch_rows(_next_slice(query, place))
            end: Place | None = (rows[-1].started_at, rows[-1].call_sid) if len(rows) == SLICE_CALLS else None
            found += database.fetch_all(Call, _matches(query, place, end, query.limit + 1 - len(found)))
        if end is None or len(found) > query.limit:
            return found
        place = end


def _next_slice(query: CallQuery, place: Place | None) -> Select[Any]:
    """The places of the next calls, matching or not. The index of calls by their start holds all of it."""
    span = CallQuery(since=query.since, until=query.until)
    places = select(calls.c.started_at, calls.c.call_sid).where(*filters_of(span, place))
    return newest_first(places).limit(SLICE_CALLS)


def _matches(query: CallQuery, place: Place | None, end: Place | None, limit: int) -> Select[Any]:
    matches = select(*CALL_FIELDS).where(*filters_of(query, place, end))
    return newest_first(matches).limit(limit)
