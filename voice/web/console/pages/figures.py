"""Statistics: live calls over time, response times of webhooks, and the results of commands."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from flask import render_template

from voice.registry.figures import CommandCount
from voice.web.admin.figures import FiguresQuery
from voice.web.admin.inputs import read_query
from voice.web.console.blueprint import Entry, blueprint
from voice.web.console.labels.commands import command_title
from voice.web.console.labels.states import tone
from voice.web.guards import services

ENTRY = Entry("Statistics", "console.figures", 60)
PERIODS = ((1, "1 hour"), (6, "6 hours"), (24, "1 day"), (168, "1 week"))
STATES = ("confirmed", "accepted", "requested", "unconfirmed", "refused")
CALM = {"accepted": "over", "requested": "over"}  # in the bar, commands in progress do not attract the eye


@blueprint.get("/figures")
def figures() -> str:
    """The page; its script draws the charts from the points in it, and refreshes them."""
    query, store = read_query(FiguresQuery), services().registry.figures
    span = query.span()
    live, webhooks = store.live_calls(span), store.webhook_times(span)
    return render_template(
        "console/figures.html",
        hours=query.hours,
        periods=PERIODS,
        points={"live": live, "webhooks": webhooks},
        now_live=live[-1]["live"],
        peak_live=max(point["live"] for point in live),
        webhook_count=sum(step["count"] for step in webhooks),
        slowest=max((step["p99_ms"] for step in webhooks), default=None),
        commands=_by_command(store.command_outcomes(span)),
    )


def _by_command(counts: list[CommandCount]) -> list[dict[str, Any]]:
    """For each command, how often it was sent and how often it ended in each state; the most frequent first."""
    rows = []
    for command, some in groupby(counts, lambda row: row["command"]):
        by_state = {row["state"]: row["count"] for row in some}
        parts = [(CALM.get(state, tone(state)), by_state.get(state, 0)) for state in STATES]
        total = sum(by_state.values())
        rows.append({"title": command_title(command), "counts": by_state, "parts": parts, "total": total})
    return sorted(rows, key=lambda row: -row["total"])
