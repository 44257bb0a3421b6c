"""Live: the calls that are live, where they are, and what was asked for them."""

from __future__ import annotations

from typing import Any

from flask import current_app, render_template, url_for

from voice.control.base import GROUPS, call_commands
from voice.operators.roles import Operator
from voice.web.admin.inputs import read_query
from voice.web.admin.live import LiveQuery, live_page
from voice.web.console.blueprint import Entry, blueprint
from voice.web.guards import operator, services

ENTRY = Entry("Live", "console.live", 10)
BULK_PAGE = "console.new_bulk"  # takes `call_sids` (or `all=live`) and a `command`


@blueprint.get("/")
def live() -> str:
    """The list; the script then keeps it up to date."""
    query = read_query(LiveQuery)
    return render_template(
        "console/live.html",
        found=live_page(query).model_dump(mode="json", by_alias=True),
        query=query,
        menu=menu(operator()),
        bulk_page=url_for(BULK_PAGE) if BULK_PAGE in current_app.view_functions else None,
    )


def menu(who: Operator) -> list[dict[str, Any]]:
    """The commands that this operator may run on a call, the common ones first, then group by group."""
    kinds = [kind for kind in call_commands(services().commands).values() if who.has_role(kind.role)]
    common = sorted(
        (kind for kind in kinds if kind.button and kind.group != "end"), key=lambda kind: kind.button
    )
    order = list(GROUPS)
    rest = sorted((kind for kind in kinds if kind not in common), key=lambda kind: order.index(kind.group))
    return [
        {"name": kind.name, "title": kind.title, "group": "" if kind in common else GROUPS[kind.group]}
        for kind in [*common, *rest]
    ]
