"""The banner on every page while no worker is running."""

from __future__ import annotations

from typing import Any

from flask import g, render_template

from voice.errors import RegistryUnavailable
from voice.web.console.blueprint import blueprint
from voice.web.guards import services


@blueprint.get("/workers/banner")
def workers_banner() -> str:
    """The banner alone; pages fetch it to stay up to date."""
    return render_template("console/workers_banner.html")


@blueprint.context_processor
def _workers() -> dict[str, Any]:
    """For every page: whether no worker is running. While the database is unavailable, that is not known."""
    return {"no_worker": bool(g.get("operator")) and _none_is_running()}


def _none_is_running() -> bool:
    try:
        return not services().registry.workers.live()
    except RegistryUnavailable:
        return False
