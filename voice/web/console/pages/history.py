"""History: all calls, with filters, as a page and as CSV."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from voice.bulk import spreadsheet
from voice.errors import ArgumentsRefused
from voice.events import now
from voice.registry import CallQuery, Registry
from voice.web.admin.calls import CallsQuery
from voice.web.admin.inputs import read_query
from voice.web.console.blueprint import Entry, blueprint
from voice.web.console.forms.problems import general_problem
from voice.web.console.forms.schedule import in_zone
from voice.web.guards import limits, operator, services
from voice.web.live_calls import live_calls

ENTRY = Entry("History", "console.history", 20)
COLUMNS = (
    "call_sid", "parent_call_sid", "direction", "from", "to", "status", "scene", "started_at", "answered_at",
    "ended_at", "duration_seconds",
)  # fmt: skip
OUTCOMES = ("completed", "busy", "no-answer", "failed", "canceled", "live")
TIMES = {"since", "until"}
LOCAL_TIME = re.compile(r"[\d-]+T[\d:.]+")  # what a form field sends: no zone
CSV_PAGE = 50  # calls that are read at once: a few milliseconds on SQLite


@blueprint.get("/history")
def history() -> ResponseReturnValue:
    """One page of calls, newest first."""
    given = _given_filters()
    try:
        query = read_query(CallsQuery, given)
    except ArgumentsRefused as error:
        return _page([], None, given, general_problem(error, [])), 422
    with limits().during(operator().name, "searches"):
        found, next_cursor = services().registry.calls.find(
            query.as_call_query(limit=query.limit, cursor=query.cursor)
        )
    calls = [call.as_json() for call in live_calls(services(), found)]
    return _page(calls, next_cursor, given)


@blueprint.get("/history.csv")
def history_csv() -> Response:
    """All calls that match, for a spreadsheet; streamed. Raises ArgumentsRefused."""
    query = read_query(CallsQuery, _given_filters()).as_call_query(limit=CSV_PAGE)
    name = f"midcall-history-{now():%Y-%m-%d}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    close = limits().open(operator().name, "exports")
    response = Response(_csv_lines(services().registry, query), mimetype="text/csv", headers=headers)
    response.call_on_close(close)
    return response


def _given_filters() -> MultiDict[str, str]:
    """The query without blank filters. Times get the zone that the form sent."""
    given = MultiDict(
        [(name, value.strip()) for name, value in request.args.items(multi=True) if value.strip()]
    )
    zone = given.pop("zone", "")
    for name in TIMES & set(given):
        given[name] = in_zone(given[name], zone) if LOCAL_TIME.fullmatch(given[name]) else given[name]
    return given


def _page(
    calls: list[dict[str, Any]], next_cursor: str | None, given: MultiDict[str, str], problem: str = ""
) -> str:
    filters = {name: value for name, value in given.items() if name not in ("cursor", "limit")}
    return render_template(
        "console/history.html",
        calls=calls,
        next_cursor=next_cursor,
        filters=filters,
        is_later_page=bool(given.get("cursor")),
        problem=problem,
        scenes=[scene for scene in services().scenes.values() if scene.is_place],
        outcomes=OUTCOMES,
        operators=[operator.name for operator in services().registry.operators.all()],
    )


def _csv_lines(registry: Registry, query: CallQuery) -> Iterator[str]:
    yield spreadsheet.line(COLUMNS)
    page: CallQuery | None = query
    while page:
        found, cursor = registry.calls.find(page)
        with registry.database.read_turns.turn():
            rows = [call.as_json() for call in found]
            lines = "".join(spreadsheet.line(row[name] for name in COLUMNS) for row in rows)
        yield lines
        page = replace(query, cursor=cursor) if cursor else None
