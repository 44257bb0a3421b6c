"""How an emergency stop reaches the live calls: bulk runs that end them, or let them hear the message first."""

from __future__ import annotations

from typing import Any

from voice.calls import Call
from voice.control.call_services import CallServices
from voice.scenes.emergency import emergency as message_scene


def stop_live_calls(services: CallServices, message: str | None, operator: str) -> int:
    """Start bulk runs for all calls that the stop has not reached yet; returns the number of calls.

    With a message, callers who were answered are redirected to it. All other calls are ended: those that ring, and
    legs, because their parent is redirected.
    """
    redirected: list[Call] = []
    ended: list[Call] = []
    for call in unreached_calls(services):
        (redirected if message and _can_hear(call) else ended).append(call)
    arguments = {"scene": message_scene.name, "params": {"message": message}, "even_if_dropping": True}
    runs = [
        _start_run(services, "redirect", arguments, operator, redirected),
        _start_run(services, "end", {}, operator, ended),
    ]
    services.registry.emergency.add_runs(run_id for run_id in runs if run_id)
    return len(redirected) + len(ended)


def unreached_calls(services: CallServices) -> list[Call]:
    """Live calls that the stop has not reached yet, queued and ringing ones included."""
    return services.registry.emergency.unreached(message_scene.name)


def stop_late_calls(services: CallServices) -> None:
    """While a stop is active, end the calls that arrived as it started, and those that only Twilio knew."""
    stop = services.registry.emergency.current()
    if stop is not None and services.registry.emergency.claim_check():
        stop_live_calls(services, stop.message, stop.started_by)


def operator_of(services: CallServices, command_id: int) -> str:
    """The operator of a command that is running."""
    record = services.registry.commands.get(command_id)
    return record.operator if record else ""


def _can_hear(call: Call) -> bool:
    answered = call.status == "in-progress" or (call.direction == "inbound" and call.scene is not None)
    return answered and call.parent_call_sid is None


def _start_run(
    services: CallServices, command: str, arguments: dict[str, Any], operator: str, calls: list[Call]
) -> str | None:
    if not calls:
        return None
    call_sids = [call.call_sid for call in calls]
    run = services.registry.bulk.preview(command, arguments, None, operator, call_sids)
    services.registry.bulk.start(run.id, operator)
    return run.id
