"""Pages of calls that match a text, found by the indexes of numbers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import Select, select, union_all

from voice.calls import Call
from voice.registry.call_query import CALL_FIELDS, CallQuery, filters_of, place_after
from voice.registry.call_text import conditions_of
from voice.registry.engine.batches import in_batches
from voice.registry.engine.database import Database
from voice.registry.schema.calls import calls

MOST_FOUND = 1_000  # calls that match. Of more, the newest are found sooner in the list itself


def finds_by_text(query: CallQuery) -> bool:
    """True for a text that no other filter of the query narrows to a few calls."""
    return bool(query.q) and not (query.from_ or query.to or query.operator or query.status == ("live",))


def find_by_text(database: Database, query: CallQuery) -> list[Call] | None:
    """The calls of one page, and one more; None if the text matches too many calls to sort them for each page."""
    with database.read_turns.turn():
        found = database.fetch_column(candidates(query.q or ""))
    if len(found) > MOST_FOUND:
        return None
    matches: list[Call] = []
    for batch in in_batches(list(dict.fromkeys(found))):
        with database.read_turns.turn():
            matches += database.fetch_all(Call, _of_these(query, batch))
    matches.sort(key=lambda call: (call.started_at, call.call_sid), reverse=True)
    return matches[: query.limit + 1]


def candidates(text: str) -> Select[Any]:
    """A SELECT of the CallSids that match the text, at most one more than MOST_FOUND; some may come twice."""
    found = (
        select(calls.c.call_sid).where(condition).limit(MOST_FOUND + 1).subquery().select()
        for condition in conditions_of(text)
    )
    return union_all(*found).subquery().select().limit(MOST_FOUND + 1)


def _of_these(query: CallQuery, call_sids: Any) -> Select[Any]:
    others = filters_of(replace(query, q=None), place_after(query.cursor))
    return select(*CALL_FIELDS).where(calls.c.call_sid.in_(call_sids), *others)
