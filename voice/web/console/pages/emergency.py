"""The emergency stop: begun behind a question, told on every page while it lasts, lifted."""

from __future__ import annotations

from contextlib import suppress
from typing import Any, NamedTuple

from flask import g, render_template

from voice.control.base import CommandKind
from voice.control.emergency_stop import unreached_calls
from voice.errors import NotFound, RegistryUnavailable
from voice.registry import EmergencyStop
from voice.web.console.blueprint import blueprint
from voice.web.console.forms.form import Form
from voice.web.guards import services

STOP, LIFT = "emergency_stop", "emergency_lift"


class Lasting(NamedTuple):
    """A stop that lasts: of how many calls that were live, how many are over; 0 of 0 where nobody was on the phone."""

    stop: EmergencyStop
    calls: int
    over: int


@blueprint.get("/emergency")
def emergency() -> str:
    """What a stop would do now, and the button for it; while it lasts, how far it is."""
    registry, kind = services().registry, _kind(STOP)
    live = [] if registry.emergency.current() else unreached_calls(services())
    return render_template(
        "console/emergency.html",
        live=len(live),
        fields=Form(kind.as_json()["schema"]).fields(),
        role=kind.role,
        action=STOP,
    )


@blueprint.get("/emergency/banner")
def emergency_banner() -> str:
    """What the frame tells of the stop, alone: for pages that are kept up to date."""
    return render_template("console/emergency_banner.html")


@blueprint.context_processor
def _told() -> dict[str, Any]:
    """For the frame of every page: the stop, if one lasts, and the command that lifts it."""
    return {"lasting": _lasting() if g.get("operator") else None, "lift": LIFT}


def _lasting() -> Lasting | None:
    """A registry that is away says what it knew last, and not how far the stop is."""
    registry = services().registry
    stop = registry.emergency.current_or_last_known()
    if stop is None:
        return None
    with suppress(RegistryUnavailable):
        counts = [dict[str, Any](registry.bulk.counts(run_id)) for run_id in registry.emergency.run_ids()]
        calls = sum(sum(one.values()) for one in counts)
        return Lasting(stop, calls, calls - sum(one["left"] for one in counts))
    return Lasting(stop, 0, 0)


def _kind(name: str) -> CommandKind:
    kind = services().commands.get(name)
    if kind is None:
        raise NotFound(f"there is no command {name!r}")
    return kind
