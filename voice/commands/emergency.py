"""The emergency stop: everything that is live ends, or hears one message, and nothing begins until it is lifted."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from voice.calls import CallFacts
from voice.control.base import AccountCommand, Arguments
from voice.control.emergency_stop import operator_of, reach_all


class StopArguments(Arguments):
    """What is said to those who are live, and to those who call while it lasts."""

    message: Annotated[str | None, Field(min_length=1, max_length=1000, title="Message")] = None


class EmergencyStop(AccountCommand):
    """Everything live ends, or hears the message and then ends; who calls until it is lifted hears it too."""

    name = "emergency_stop"
    title = "Emergency stop"
    Arguments = StopArguments

    proof = "answer"  # it is in force as soon as it is recorded; its bulk runs tell how far it is

    def execute(self, command_id: int) -> CallFacts | None:
        """First nothing new begins, then what is live is gone over."""
        operator = operator_of(self.services, command_id)
        self.services.registry.emergency.start(self.arguments.message, operator)
        count = reach_all(self.services, self.arguments.message, operator)
        self.note = f"new calls are stopped; {count} that are live are being ended"
        return None


class EmergencyLift(AccountCommand):
    """Calls are taken again; what is left of the stop is not done any more."""

    name = "emergency_lift"
    title = "Lift the emergency stop"

    proof = "answer"  # it is lifted as soon as it is recorded

    def execute(self, command_id: int) -> CallFacts | None:
        """Also where there is none, which is what was asked for."""
        operator, registry = operator_of(self.services, command_id), self.services.registry
        if registry.emergency.lift(operator) is None:
            self.note = "there was no emergency stop"
            return None
        for run_id in registry.emergency.run_ids():
            registry.bulk.cancel(run_id, operator)
        return None
