"""One call: who and where, what can be done, what happened."""

from __future__ import annotations

from flask import render_template

from voice.errors import CallNotFound
from voice.web.console.page import blueprint
from voice.web.guards import services


@blueprint.get("/calls/<call_sid>")
def call(call_sid: str) -> str:
    """The call with its story."""
    registry = services().registry
    found = registry.calls.get(call_sid)
    if found is None:
        raise CallNotFound(f"the registry has no call {call_sid[:64]!r}")
    return render_template(
        "console/call.html",
        call=found,
        commands=[kind for kind in services().commands.values() if kind.needs_call],
        asked=registry.commands.of_call(call_sid),
        events=registry.calls.events_of(call_sid),
    )
