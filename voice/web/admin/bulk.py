"""Bulk runs in the admin API: previewed, run with the preview's token, watched, cancelled, reported."""

from __future__ import annotations

from typing import Annotated, Any

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue
from pydantic import Field

from voice.bulk.report import as_csv
from voice.bulk.runs import BulkRuns
from voice.bulk.selection import Request
from voice.plans.schedule import When
from voice.validation import validate
from voice.web.admin import queries
from voice.web.admin.command_requests import body
from voice.web.guards import operator, services

blueprint = Blueprint("bulk", __name__, url_prefix="/bulk")
LONGEST_BODY = 1024 * 1024  # 10,000 CallSids and arguments


class Start(When):
    """What was previewed, to be run now or later."""

    token: Annotated[str, Field(max_length=1000, title="Token of the preview")]


@blueprint.post("/preview")
def preview_bulk() -> dict[str, Any]:
    """What a command would do to a selection of calls: to how many, to which, and who would be hung up on."""
    request.max_content_length = LONGEST_BODY
    return BulkRuns(services()).preview(validate(Request, body()), operator()).as_json()


@blueprint.post("")
def start_bulk() -> ResponseReturnValue:
    """Run what was previewed, exactly; the run. The same token again is the same run. With a time it waits for that."""
    runs, start = BulkRuns(services()), validate(Start, body())
    run = runs.start(start.token, operator(), start.due_at)
    return {"run": runs.progress(run)}, 201


@blueprint.get("")
def list_bulk() -> dict[str, Any]:
    """The last runs, newest first, each with its progress."""
    query, runs = queries.read(queries.BulkRunsQuery, request.args), BulkRuns(services())
    return {"runs": [runs.progress(run) for run in services().registry.bulk.all(query.limit)]}


@blueprint.get("/<string(length=16):run_id>")
def show_bulk(run_id: str) -> dict[str, Any]:
    """One run, and how far it is."""
    runs = BulkRuns(services())
    return {"run": runs.progress(runs.get(run_id))}


@blueprint.post("/<string(length=16):run_id>/cancel")
def cancel_bulk(run_id: str) -> dict[str, Any]:
    """Begin nothing more of the run; what has begun comes to its end."""
    runs = BulkRuns(services())
    return {"run": runs.progress(runs.cancel(run_id, operator()))}


@blueprint.get("/<string(length=16):run_id>/report")
def report_bulk(run_id: str) -> dict[str, Any]:
    """What became of each call of the run, a page at a time."""
    run, query = BulkRuns(services()).get(run_id), queries.read(queries.ReportQuery, request.args)
    rows, following = services().registry.bulk.report(run.id, query.cursor, query.limit)
    return {"run": run.as_json(), "calls": rows, "next": following}


@blueprint.get("/<string(length=16):run_id>/report.csv")
def download_bulk(run_id: str) -> Response:
    """The whole report as CSV, for a spreadsheet."""
    run = BulkRuns(services()).get(run_id)
    headers = {"Content-Disposition": f'attachment; filename="midcall-bulk-{run.id}.csv"'}
    return Response(as_csv(services().registry, run), mimetype="text/csv", headers=headers)
