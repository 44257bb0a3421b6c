"""Live: the calls that are live, and what was asked for them."""

from __future__ import annotations

from flask import render_template

from voice.web.console.page import Entry, blueprint

ENTRY = Entry("Live", "console.live", 10)


@blueprint.get("/")
def live() -> str:
    """The list."""
    return render_template("console/live.html")
