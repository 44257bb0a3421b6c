"""Bulk: the runs of one command over many calls, with how far each is; cancelled, reported."""

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

ENTRY = Entry("Bulk", "console.bulk", 50)
SHOWN = 50  # runs
OUTCOMES = {
    "done": ("done", "good"), "refused": ("refused", "bad"), "unconfirmed": ("unconfirmed", "unsure"),
    "already_ended": ("had ended", "over"), "cancelled": ("cancelled", "over"), "left": ("left", "wait"),
}  # fmt: skip


@blueprint.get("/bulk")
def bulk() -> str:
    """The last runs, newest first."""
    registry = services().registry
    after, runs = registry.events.last_id(), registry.bulk.all(SHOWN)
    return render_template(
        "console/bulk_runs.html", runs=[(run, _counts(run)) for run in runs], after=after, **_words()
    )


@blueprint.get("/bulk/<run_id>")
def bulk_run(run_id: str) -> str:
    """One run: how far it is, and what became of each call."""
    registry, query = services().registry, read_query(ReportQuery)
    after, run = registry.events.last_id(), BulkRuns(services()).get(run_id)
    calls, following = registry.bulk.report(run.id, query.cursor, query.limit)
    return render_template(
        "console/bulk_run.html",
        run=run,
        counts=_counts(run),
        calls=calls,
        following=following,
        after=after,
        **_words(),
    )


@blueprint.post("/bulk/<run_id>/cancel")
@open_to("viewer")
def cancel_bulk_run(run_id: str) -> ResponseReturnValue:
    """Nothing more of it is begun."""
    run = BulkRuns(services()).cancel(run_id, operator())
    flash("The run is cancelled: what had begun comes to its end, the rest is left as it is.")
    return redirect(url_for("console.bulk_run", run_id=run.id), 303)


def _counts(run: BulkRun) -> BulkCounts:
    return services().registry.bulk.counts(run.id)


def _words() -> dict[str, Any]:
    return {"outcomes": OUTCOMES, "open": ("queued", "running")}
