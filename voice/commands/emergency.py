"""The emergency stop: end all live calls and start no new ones, until an operator lifts it."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from voice.calls import CallFacts
from voice.control.base import AccountCommand, Arguments
from voice.control.emergency_stop import operator_of, stop_live_calls

NO_WORKER = "No worker is running, so the web server ends them."


class EmergencyStopArguments(Arguments):
    """The message for live calls and for new callers."""

    message: Annotated[str | None, Field(min_length=1, max_length=1000, title="Message")] = None


class EmergencyStop(AccountCommand):
    """All live calls end, after a message if you enter one, and new callers hear the message."""

    name = "emergency_stop"
    title = "Start emergency stop"
    proof = "answer"  # active as soon as it is recorded; its bulk runs show the progress
    Arguments = EmergencyStopArguments

    def execute(self, command_id: int) -> CallFacts | None:
        """Stop new calls first, then the live ones."""
        operator = operator_of(self.services, command_id)
        stop = self.services.registry.emergency.start(self.arguments.message, operator)
        count = stop_live_calls(self.services, stop)
        who = "" if self.services.registry.workers.live() else f" {NO_WORKER}"
        self.note = f"New calls are stopped. Ending {count:,} live call{'' if count == 1 else 's'}.{who}"
        return None


class EmergencyLift(AccountCommand):
    """New calls are accepted again, and no further live call is ended."""

    name = "emergency_lift"
    needs = ()
    title = "Lift emergency stop"
    proof = "answer"

    def execute(self, command_id: int) -> CallFacts | None:
        """Lift the stop and cancel its bulk runs. Without a stop there is nothing to do."""
        operator, registry = operator_of(self.services, command_id), self.services.registry
        if registry.emergency.lift(operator) is None:
            self.note = "There was no emergency stop."
            return None
        for run_id in registry.emergency.run_ids():
            registry.bulk.cancel(run_id, operator)
        return None
