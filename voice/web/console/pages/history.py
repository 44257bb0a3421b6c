"""History: all calls, sought by number, time, place, outcome and operator; as a page, and as CSV."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from flask import Response, render_template, request
from werkzeug.datastructures import MultiDict

from voice.bulk import spreadsheet
from voice.errors import ArgumentsRefused
from voice.events import now
from voice.registry import CallQuery, Registry
from voice.web.admin.calls import CallsQuery
from voice.web.admin.inputs import read_query
from voice.web.console.blueprint import Entry, blueprint
from voice.web.console.forms.schedule import in_zone
from voice.web.guards import services
from voice.web.live_calls import live_calls

ENTRY = Entry("History", "console.history", 20)
COLUMNS = (
    "call_sid", "parent_call_sid", "direction", "from", "to", "status", "scene", "started_at", "answered_at",
    "ended_at", "duration_seconds",
)  # fmt: skip
OUTCOMES = ("completed", "busy", "no-answer", "failed", "canceled", "live")
MOMENTS = {"since", "until"}
LOCAL = re.compile(r"[\d-]+T[\d:.]+")  # a moment as a field of a form gives it, without a zone
CSV_PAGE = 500


@blueprint.get("/history")
def history() -> Any:
    """One page of it, newest first; a filter that cannot be read is told at the top."""
    given = _filled_in()
    try:
        query = read_query(CallsQuery, given)
    except ArgumentsRefused as error:
        return _shown([], None, given, error.message), 422
    found, following = services().registry.calls.find(
        query.as_call_query(limit=query.limit, cursor=query.cursor)
    )
    calls = [call.as_json() for call in live_calls(services(), found)]
    return _shown(calls, following, given)


@blueprint.get("/history.csv")
def history_csv() -> Response:
    """All calls that match, for a spreadsheet; sent as it is read. Raises ArgumentsRefused."""
    query = read_query(CallsQuery, _filled_in()).as_call_query(limit=CSV_PAGE)
    name = f"midcall-history-{now():%Y-%m-%d}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(_lines(services().registry, query), mimetype="text/csv", headers=headers)


def _filled_in() -> MultiDict[str, str]:
    """The query without what was left blank, which stands for anything; moments are in the zone that came along."""
    given = MultiDict(
        [(name, value.strip()) for name, value in request.args.items(multi=True) if value.strip()]
    )
    zone = given.pop("zone", "")
    for name in MOMENTS & set(given):
        given[name] = in_zone(given[name], zone) if LOCAL.fullmatch(given[name]) else given[name]
    return given


def _shown(
    calls: list[dict[str, Any]], following: str | None, given: MultiDict[str, str], problem: str = ""
) -> str:
    filters = {name: value for name, value in given.items() if name not in ("cursor", "limit")}
    return render_template(
        "console/history.html",
        calls=calls,
        next=following,
        filters=filters,
        is_later=bool(given.get("cursor")),
        problem=problem,
        scenes=[scene for scene in services().scenes.values() if scene.is_place],
        outcomes=OUTCOMES,
        operators=[person.name for person in services().registry.operators.all()],
    )


def _lines(registry: Registry, query: CallQuery) -> Iterator[str]:
    yield spreadsheet.line(COLUMNS)
    following: CallQuery | None = query
    while following:
        found, cursor = registry.calls.find(following)
        rows = [call.as_json() for call in found]
        yield "".join(spreadsheet.line(row[name] for name in COLUMNS) for row in rows)
        following = replace(query, cursor=cursor) if cursor else None
