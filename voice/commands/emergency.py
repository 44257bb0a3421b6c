"""The emergency stop: everything that is live ends, or hears one message, and nothing begins until it is lifted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from voice.calls import Call, CallFacts
from voice.control.base import AccountCommand, Arguments, Proof
from voice.registry.emergency import SCENE

if TYPE_CHECKING:
    from voice.services import Services


class StopArguments(Arguments):
    """What is said to those who are live, and to those who call while it lasts."""

    message: Annotated[str | None, Field(min_length=1, max_length=1000, title="Message")] = None


class EmergencyStop(AccountCommand):
    """Everything live ends, or hears the message and then ends; who calls until it is lifted hears it too."""

    name = "emergency_stop"
    title = "Emergency stop"
    group = "all"
    Arguments = StopArguments

    @property
    def proof(self) -> Proof:
        """It is in force as soon as it is recorded; its bulk runs tell how far it is."""
        return "answer"

    def execute(self, command_id: int) -> CallFacts | None:
        """First nothing new begins, then what is live is gone over."""
        operator = _operator_of(self.services, command_id)
        self.services.registry.emergency.begin(self.arguments.message, operator)
        count = reach_all(self.services, self.arguments.message, operator)
        self.note = f"new calls are stopped; {count} that are live are being ended"
        return None


class EmergencyLift(AccountCommand):
    """Calls are taken again; what is left of the stop is not done any more."""

    name = "emergency_lift"
    title = "Lift the emergency stop"
    group = "all"

    @property
    def proof(self) -> Proof:
        """It is lifted as soon as it is recorded."""
        return "answer"

    def execute(self, command_id: int) -> CallFacts | None:
        """Also where there is none, which is what was asked for."""
        operator, registry = _operator_of(self.services, command_id), self.services.registry
        if registry.emergency.lift(operator) is None:
            self.note = "there was no emergency stop"
            return None
        for run_id in registry.emergency.runs():
            registry.bulk.cancel(run_id, operator)
        return None


def reach_all(services: Services, message: str | None, operator: str) -> int:
    """Bulk runs over all that the stop has not reached yet; to how many calls.

    With a message, who was answered hears it. All others are ended: those who ring, and the legs, whose call is
    led away from them.
    """
    told: list[Call] = []
    rest: list[Call] = []
    for call in services.registry.emergency.unreached():
        (told if message and _can_hear(call) else rest).append(call)
    params = {"scene": SCENE, "params": {"message": message}, "even_if_dropping": True}
    runs = [_run(services, "redirect", params, operator, told), _run(services, "end", {}, operator, rest)]
    services.registry.emergency.ran(run_id for run_id in runs if run_id)
    return len(told) + len(rest)


def _can_hear(call: Call) -> bool:
    answered = call.status == "in-progress" or (call.direction == "inbound" and call.scene is not None)
    return answered and call.parent_call_sid is None


def _run(
    services: Services, command: str, arguments: dict[str, Any], operator: str, found: list[Call]
) -> str | None:
    if not found:
        return None
    run = services.registry.bulk.preview(
        command, arguments, None, operator, [call.call_sid for call in found]
    )
    services.registry.bulk.start(run.id, operator)
    return run.id


def tend(services: Services) -> None:
    """While the stop lasts: calls that came in as it began, or that only Twilio knew, are ended as well."""
    stop = services.registry.emergency.current()
    if stop is not None and services.registry.emergency.tend():
        reach_all(services, stop.message, stop.started_by)


def _operator_of(services: Services, command_id: int) -> str:
    record = services.registry.commands.get(command_id)
    assert record is not None  # it is being run
    return record.operator
