"""Figures that people would rather look at: live calls over time, commands and their outcomes, webhooks' times."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from flask import render_template

from voice.registry.figures import CommandCount
from voice.web.admin.figures import FiguresQuery
from voice.web.admin.inputs import read_query
from voice.web.console.blueprint import Entry, blueprint
from voice.web.console.labels.states import tone
from voice.web.guards import services

ENTRY = Entry("Figures", "console.figures", 60)
HOURS = ((1, "1 hour"), (6, "6 hours"), (24, "1 day"), (168, "1 week"))
STATES = ("confirmed", "accepted", "requested", "unconfirmed", "refused")
SHADES = {"accepted": "over", "requested": "over"}  # what is under way needs no eye yet


@blueprint.get("/figures")
def figures() -> str:
    """The last hours; the script draws what stands in the page, and asks again now and then."""
    query, kept = read_query(FiguresQuery), services().registry.figures
    span = query.span()
    live, webhooks = kept.live_calls(span), kept.webhook_times(span)
    return render_template(
        "console/figures.html",
        hours=query.hours,
        choices=HOURS,
        drawn={"live": live, "webhooks": webhooks},
        now_live=live[-1]["live"],
        most_live=max(point["live"] for point in live),
        webhooks_count=sum(step["count"] for step in webhooks),
        slowest=max((step["p99_ms"] for step in webhooks), default=None),
        outcomes=_by_command(kept.command_outcomes(span)),
    )


def _by_command(outcomes: list[CommandCount]) -> list[dict[str, Any]]:
    """For each command how often it was asked for, and how that ended."""
    rows = []
    for command, some in groupby(outcomes, lambda row: row["command"]):
        counts = {row["state"]: row["count"] for row in some}
        kind = services().commands.get(command)
        title = kind.title if kind else command
        parts = [(SHADES.get(state, tone(state)), counts.get(state, 0)) for state in STATES]
        rows.append({"title": title, "counts": counts, "parts": parts, "total": sum(counts.values())})
    return sorted(rows, key=lambda row: -row["total"])
