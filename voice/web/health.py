"""Liveness and readiness."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from voice.web.guards import services

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def alive() -> dict[str, str]:
    """Answer, to show that the process is alive."""
    return {"status": "alive"}


@blueprint.get("/readyz")
def ready() -> dict[str, Any]:
    """Show what is degraded. The status is 200 in any case, because callers are still served."""
    degraded = {}
    registry = services().registry
    if registry.problem():
        degraded["database"] = (
            "The database is not available. Callers hear their scenes, events go to the spool, commands are refused."
        )
    elif not registry.workers.live():
        degraded["worker"] = (
            "No worker is running. Plans, rules and bulk runs wait, and lost reports of a call's end are not noticed."
        )
    if services().recorder.spool.waiting:
        degraded["spool"] = "Events wait in the spool to be recorded."
    return {"status": "degraded" if degraded else "ready", "degraded": degraded}
