"""The emergency stop: its page, and the banner on every page while it is active."""

from __future__ import annotations

from contextlib import suppress
from typing import Any, NamedTuple

from flask import g, render_template

from voice.commands.emergency import EmergencyLift, EmergencyStop
from voice.control.emergency_stop import unreached_calls
from voice.errors import RegistryUnavailable
from voice.registry import EmergencyStop as ActiveStop
from voice.web.console.blueprint import blueprint
from voice.web.console.forms.form import Form
from voice.web.guards import services


class StopProgress(NamedTuple):
    """An active stop, how many calls were live when it started, and how many of them are processed."""

    stop: ActiveStop
    calls: int = 0
    processed: int = 0


@blueprint.get("/emergency")
def emergency() -> str:
    """The form that starts a stop, with the number of calls that it ends."""
    live = [] if services().registry.emergency.current() else unreached_calls(services())
    fields = Form(EmergencyStop.Arguments.model_json_schema()).fields()
    return render_template("console/emergency.html", live=len(live), fields=fields, command=EmergencyStop)


@blueprint.get("/emergency/banner")
def emergency_banner() -> str:
    """The banner alone; pages fetch it to stay up to date."""
    return render_template("console/emergency_banner.html")


@blueprint.context_processor
def _banner() -> dict[str, Any]:
    """For every page: the active stop, if any, and the command that lifts it."""
    return {"active_stop": _active_stop() if g.get("operator") else None, "lift": EmergencyLift}


def _active_stop() -> StopProgress | None:
    """If the database is away: the stop that was known last, without its progress."""
    registry = services().registry
    stop = registry.emergency.current_or_last_known()
    if stop is None:
        return None
    with suppress(RegistryUnavailable):
        counts = [dict[str, Any](registry.bulk.counts(run_id)) for run_id in registry.emergency.run_ids()]
        calls = sum(sum(one.values()) for one in counts)
        return StopProgress(stop, calls, calls - sum(one["left"] for one in counts))
    return StopProgress(stop)
