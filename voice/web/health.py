"""Alive, and able to serve."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from voice.web.guards import services

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def alive() -> dict[str, str]:
    """The process answers."""
    return {"status": "alive"}


@blueprint.get("/readyz")
def ready() -> dict[str, Any]:
    """What is degraded. Callers are served all the same, so that the answer stays 200."""
    degraded = {}
    if services().registry.problem():
        degraded["database"] = (
            "cannot be used: calls are answered, what happens is spooled, commands are refused"
        )
    if services().recorder.spool.waiting:
        degraded["spool"] = "events wait to be recorded"
    return {"status": "degraded" if degraded else "ready", "degraded": degraded}
