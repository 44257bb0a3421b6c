"""Bulk runs: one command for many calls, previewed, started with the token of the preview, watched and canceled."""

from __future__ import annotations

from typing import Annotated, Any

from flask import Response
from pydantic import Field

from voice.bulk.report import as_csv
from voice.bulk.runs import SHOWN, BulkProgress, BulkRuns, Preview
from voice.bulk.selection import BulkRequest
from voice.calls import Call
from voice.json_record import UtcTime
from voice.plans.schedule import StartTime
from voice.registry import BulkRun
from voice.registry.bulk_items import BulkCall
from voice.web.admin.inputs import Query
from voice.web.admin.route import Answer, route
from voice.web.guards import limits, operator, services

LONGEST_BODY = 1024 * 1024  # 10,000 CallSids and arguments
RUN = "/bulk/<string(length=16):run_id>"


class BulkStart(StartTime):
    """The token of a preview, and when the run starts: now, or at a later time."""

    token: Annotated[str, Field(max_length=1000, title="Token of the preview")]


class BulkRunsQuery(Query):
    """The number of runs."""

    limit: Annotated[int, Field(ge=1, le=200)] = 50


class ReportQuery(Query):
    """A page of the report of a run."""

    limit: Annotated[int, Field(ge=1, le=1000)] = 200
    cursor: Annotated[int, Field(ge=-1, lt=2**31)] = -1


class DroppedCalls(Answer):
    """A call of the preview, and the calls that its command would disconnect."""

    call_sid: str
    drops: list[Call]


class BulkPreview(Answer):
    """What a run would do. `count` is the number of all calls; `calls` and `unknown` list the first 200."""

    token: str
    command: str
    arguments: dict[str, Any]
    count: int
    calls: list[Call]
    unknown: list[str]
    would_drop: list[DroppedCalls]
    expires_at: UtcTime


class BulkRunAnswer(Answer):
    """One run with its progress."""

    run: BulkProgress


class BulkRunList(Answer):
    """Runs with their progress."""

    runs: list[BulkProgress]


class BulkReport(Answer):
    """A page of the report of a run, and the cursor of the next page."""

    run: BulkRun
    calls: list[BulkCall]
    next: int | None


@route("POST", "/bulk/preview", role="viewer", longest_body=LONGEST_BODY)
def preview_bulk(body: BulkRequest) -> BulkPreview:
    """Show what a command would do to a selection of calls. The command's role applies."""
    return _preview(BulkRuns(services()).preview(body, operator()))


@route("POST", "/bulk", role="viewer", status=201)
def start_bulk(body: BulkStart) -> BulkRunAnswer:
    """Run exactly what was previewed, now or later. The command's role applies.

    A repeat with the same token answers with the same run.
    """
    runs = BulkRuns(services())
    return BulkRunAnswer(run=runs.progress(runs.start(body.token, operator(), body.due)))


@route("GET", "/bulk", role="viewer")
def list_bulk(query: BulkRunsQuery) -> BulkRunList:
    """List the last runs with their progress, newest first."""
    runs = BulkRuns(services())
    return BulkRunList(runs=[runs.progress(run) for run in services().registry.bulk.all(query.limit)])


@route("GET", RUN, role="viewer")
def show_bulk(run_id: str) -> BulkRunAnswer:
    """Show one run with its progress."""
    runs = BulkRuns(services())
    return BulkRunAnswer(run=runs.progress(runs.get(run_id)))


@route("POST", f"{RUN}/cancel", role="viewer")
def cancel_bulk(run_id: str) -> BulkRunAnswer:
    """Cancel a run: pending calls are not started, calls in progress are finished. The command's role applies."""
    runs = BulkRuns(services())
    return BulkRunAnswer(run=runs.progress(runs.cancel(run_id, operator())))


@route("GET", f"{RUN}/report", role="viewer")
def report_bulk(run_id: str, query: ReportQuery) -> BulkReport:
    """Show the outcome for each call of the run, a page at a time."""
    run = BulkRuns(services()).get(run_id)
    calls, following = services().registry.bulk.report(run.id, query.cursor, query.limit)
    return BulkReport(run=run, calls=calls, next=following)


@route("GET", f"{RUN}/report.csv", role="viewer", media_type="text/csv")
def download_bulk(run_id: str) -> Response:
    """Download the whole report as CSV."""
    run = BulkRuns(services()).get(run_id)
    headers = {"Content-Disposition": f'attachment; filename="midcall-bulk-{run.id}.csv"'}
    close = limits().open(operator().name, "exports")
    response = Response(as_csv(services().registry, run), mimetype="text/csv", headers=headers)
    response.call_on_close(close)
    return response


def _preview(preview: Preview) -> BulkPreview:
    run = preview.run
    return BulkPreview(
        token=preview.token,
        command=run.command,
        arguments=run.arguments,
        count=run.count,
        calls=preview.calls[:SHOWN],
        unknown=preview.unknown[:SHOWN],
        would_drop=[DroppedCalls(call_sid=call.call_sid, drops=drops) for call, drops in preview.would_drop],
        expires_at=preview.expires_at,
    )
