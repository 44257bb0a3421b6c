"""Set how long the call may last."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from voice.calls import Call, CallFacts
from voice.control.base import Arguments, CallCommand
from voice.control.live_update import update_live
from voice.errors import WrongState
from voice.events import now

DAY = 86_400


class TimeLimitArguments(Arguments):
    """Seconds from the answer; more than before extends the call, fewer shorten it."""

    seconds: Annotated[int, Field(ge=1, le=DAY, title="Longest duration (seconds)")]


class TimeLimit(CallCommand):
    """Twilio ends the call by itself then, also when nothing of ours runs any more."""

    name = "time_limit"
    title = "Limit the duration"
    group = "line"
    Arguments = TimeLimitArguments

    proof = "none"  # the Call resource does not show its limit

    def execute(self, call: Call, command_id: int) -> CallFacts:
        """Refused where the call has lasted that long already: that would end it now."""
        lasted = (now() - call.answered_at).total_seconds() if call.answered_at else 0
        if lasted >= self.arguments.seconds:
            raise WrongState(f"the call has lasted {lasted:.0f} seconds already: to end it now, use `end`")
        return update_live(self.services, call.call_sid, time_limit=self.arguments.seconds)
