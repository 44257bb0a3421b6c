"""The emergency stop, carried out: bulk runs that end what is live, or let it hear the message."""

from __future__ import annotations

from typing import Any

from voice.calls import Call
from voice.control.call_services import CallServices
from voice.scenes.emergency import emergency as message_scene


def reach_all(services: CallServices, message: str | None, operator: str) -> int:
    """Bulk runs over all that the stop has not reached yet; to how many calls.

    With a message, who was answered hears it. All others are ended: those who ring, and the legs, whose call is
    led away from them.
    """
    told: list[Call] = []
    rest: list[Call] = []
    for call in unreached_calls(services):
        (told if message and _can_hear(call) else rest).append(call)
    params = {"scene": message_scene.name, "params": {"message": message}, "even_if_dropping": True}
    runs = [_run(services, "redirect", params, operator, told), _run(services, "end", {}, operator, rest)]
    services.registry.emergency.add_runs(run_id for run_id in runs if run_id)
    return len(told) + len(rest)


def unreached_calls(services: CallServices) -> list[Call]:
    """Live calls that the stop has not reached yet, queued and ringing ones included."""
    return services.registry.emergency.unreached(message_scene.name)


def _can_hear(call: Call) -> bool:
    answered = call.status == "in-progress" or (call.direction == "inbound" and call.scene is not None)
    return answered and call.parent_call_sid is None


def _run(
    services: CallServices, command: str, arguments: dict[str, Any], operator: str, found: list[Call]
) -> str | None:
    if not found:
        return None
    run = services.registry.bulk.preview(
        command, arguments, None, operator, [call.call_sid for call in found]
    )
    services.registry.bulk.start(run.id, operator)
    return run.id


def tend(services: CallServices) -> None:
    """While the stop lasts: calls that came in as it began, or that only Twilio knew, are ended as well."""
    stop = services.registry.emergency.current()
    if stop is not None and services.registry.emergency.claim_check():
        reach_all(services, stop.message, stop.started_by)


def operator_of(services: CallServices, command_id: int) -> str:
    record = services.registry.commands.get(command_id)
    assert record is not None  # it is being run
    return record.operator
