"""Bulk runs: one command on many calls, with progress and results."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from voice.bulk.runs import BulkRuns
from voice.registry import BulkRun
from voice.registry.bulk_items import BulkCounts
from voice.web.admin.bulk import ReportQuery
from voice.web.admin.inputs import read_query
from voice.web.console.blueprint import Entry, blueprint
from voice.web.guards import open_to, operator, services

ENTRY = Entry("Bulk runs", "console.bulk", 50)
LISTED = 50  # runs
OPEN = ("queued", "running")
OUTCOMES = {
    "done": ("done", "good"), "refused": ("refused", "bad"), "unconfirmed": ("unconfirmed", "unsure"),
    "already_ended": ("already ended", "over"), "cancelled": ("canceled", "over"), "left": ("remaining", "wait"),
}  # fmt: skip


@blueprint.get("/bulk")
def bulk() -> str:
    """The newest runs."""
    registry = services().registry
    after, runs = registry.events.last_id(), registry.bulk.all(LISTED)
    with_counts = [(run, _counts(run)) for run in runs]
    return render_template("console/bulk_runs.html", runs=with_counts, after=after, **_labels())


@blueprint.get("/bulk/<run_id>")
def bulk_run(run_id: str) -> str:
    """One run: its progress, and the result of each call."""
    registry, query = services().registry, read_query(ReportQuery)
    after, run = registry.events.last_id(), BulkRuns(services()).get(run_id)
    calls, next_cursor = registry.bulk.report(run.id, query.cursor, query.limit)
    return render_template(
        "console/bulk_run.html",
        run=run,
        counts=_counts(run),
        calls=calls,
        next_cursor=next_cursor,
        after=after,
        **_labels(),
    )


@blueprint.post("/bulk/<run_id>/cancel")
@open_to("viewer")  # the role depends on the command of the run
def cancel_bulk_run(run_id: str) -> ResponseReturnValue:
    """Cancel a run: pending calls are not started."""
    run = BulkRuns(services()).cancel(run_id, operator())
    flash("The run is canceled. Calls in progress are finished, pending calls are not started.")
    return redirect(url_for("console.bulk_run", run_id=run.id), 303)


def _counts(run: BulkRun) -> BulkCounts:
    return services().registry.bulk.counts(run.id)


def _labels() -> dict[str, Any]:
    return {"outcomes": OUTCOMES, "open_states": OPEN}
