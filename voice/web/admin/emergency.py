"""The emergency stop in the admin API: whether it lasts, and how far it is. It is begun and lifted by commands."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from voice.web.guards import services

blueprint = Blueprint("emergency", __name__, url_prefix="/emergency")


@blueprint.get("")
def emergency() -> dict[str, Any]:
    """The stop that lasts, or null; the bulk runs that carry out this one, or the last one."""
    registry = services().registry
    stop = registry.emergency.current()
    runs = [run for run in map(registry.bulk.get, registry.emergency.run_ids()) if run]
    return {
        "emergency": stop.as_json() if stop else None,
        "runs": [{**run.as_json(), "progress": registry.bulk.counts(run.id)} for run in runs],
    }
