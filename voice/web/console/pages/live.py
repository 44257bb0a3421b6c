"""Live calls: the list of calls in progress, with their place and their last action."""

from __future__ import annotations

from flask import render_template

from voice.commands.dial import Dial
from voice.web.admin.inputs import read_query
from voice.web.admin.live import LiveQuery, live_page
from voice.web.console.blueprint import Entry, blueprint
from voice.web.console.command_menu import menu_of_list
from voice.web.guards import operator, services

ENTRY = Entry("Live calls", "console.live", 10)


@blueprint.get("/")
def live() -> str:
    """The first page of the list; its script loads the rest and keeps it up to date."""
    query = read_query(LiveQuery)
    return render_template(
        "console/live.html",
        found=live_page(query).model_dump(mode="json", by_alias=True),
        query=query,
        menu=menu_of_list(services(), operator()),
        dial=Dial,
    )
