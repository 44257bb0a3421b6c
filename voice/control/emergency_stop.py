"""How an emergency stop reaches the live calls: bulk runs that end them, or let them hear the message first."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import Any

from voice.calls import Call
from voice.control.call_services import CallServices
from voice.errors import ClaimLost
from voice.registry import EmergencyStop
from voice.scenes.emergency import emergency as message_scene


def stop_live_calls(services: CallServices, stop: EmergencyStop) -> int:
    """Start bulk runs for all calls that the stop has not reached yet; returns the number of calls.

    This process has claimed the check. If it stalls meanwhile, another one starts the runs, and this one starts none.

    With a message, callers who were answered are redirected to it. All other calls are ended: those that ring, and
    legs, because their parent is redirected.
    """
    redirected: list[Call] = []
    ended: list[Call] = []
    for call in unreached_calls(services):
        (redirected if stop.message and _can_hear(call) else ended).append(call)
    arguments = {"scene": message_scene.name, "params": {"message": stop.message}, "even_if_dropping": True}
    with suppress(ClaimLost):
        _start_run(services, "redirect", arguments, stop, redirected)
        _start_run(services, "end", {}, stop, ended)
        services.registry.emergency.finish_check(stop.claim)
    return len(redirected) + len(ended)


def unreached_calls(services: CallServices) -> list[Call]:
    """Live calls that the stop has not reached yet, queued and ringing ones included."""
    return services.registry.emergency.unreached(message_scene.name)


def stop_late_calls(services: CallServices) -> None:
    """While a stop is active, end the calls that arrived as it started, and those that only Twilio knew."""
    emergency = services.registry.emergency
    stop = emergency.claim_check() if emergency.current() else None
    if stop is not None:
        stop_live_calls(services, stop)


def operator_of(services: CallServices, command_id: int) -> str:
    """The operator of a command that is running."""
    record = services.registry.commands.get(command_id)
    return record.operator if record else ""


def _can_hear(call: Call) -> bool:
    answered = call.status == "in-progress" or (call.direction == "inbound" and call.scene is not None)
    return answered and call.parent_call_sid is None


def _start_run(
    services: CallServices, command: str, arguments: dict[str, Any], stop: EmergencyStop, calls: list[Call]
) -> None:
    """Start a run of these calls. In one transaction it becomes a run of the stop, whose calls are then reached."""
    if not calls:
        return
    bulk, emergency = services.registry.bulk, services.registry.emergency
    run = bulk.preview(command, arguments, None, stop.started_by, [call.call_sid for call in calls])
    add = partial(emergency.add_run, run_id=run.id, claim=stop.claim)
    bulk.start(run.id, stop.started_by, first=add)
