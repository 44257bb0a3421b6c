"""The emergency stop: whether it is active, and its progress. The commands `emergency_*` start and lift it."""

from __future__ import annotations

from voice.bulk.runs import BulkProgress, BulkRuns
from voice.registry import EmergencyStop
from voice.web.admin.route import Answer, route
from voice.web.guards import services


class EmergencyAnswer(Answer):
    """The active stop or null, and the bulk runs of this stop or of the last one."""

    emergency: EmergencyStop | None
    runs: list[BulkProgress]


@route("GET", "/emergency", role="viewer")
def emergency() -> EmergencyAnswer:
    """Show the active emergency stop, and the bulk runs that carry it out."""
    registry, runs = services().registry, BulkRuns(services())
    found = [run for run in map(registry.bulk.get, registry.emergency.run_ids()) if run]
    return EmergencyAnswer(emergency=registry.emergency.current(), runs=[runs.progress(run) for run in found])
