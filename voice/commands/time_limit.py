"""Limit the length of a call."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from voice.calls import Call, CallFacts
from voice.control.base import Arguments, CallCommand
from voice.control.live_update import update_live
from voice.errors import WrongState
from voice.events import now

DAY = 86_400  # seconds; no call of Twilio lasts longer


class TimeLimitArguments(Arguments):
    """Seconds from the answer. A new limit replaces the old one, so it can extend or shorten the call."""

    seconds: Annotated[int, Field(ge=1, le=DAY, title="Maximum length (seconds)", examples=[600])]


class TimeLimit(CallCommand):
    """Twilio ends the call at the limit, even if Midcall is down."""

    name = "time_limit"
    title = "Limit call length"
    group = "line"
    proof = "none"  # the Call resource does not show its limit
    Arguments = TimeLimitArguments

    def execute(self, call: Call, command_id: int) -> CallFacts:
        """Set the limit. Raises WrongState for a limit that has passed, because it would end the call now."""
        lasted = (now() - call.answered_at).total_seconds() if call.answered_at else 0
        if lasted >= self.arguments.seconds:
            raise WrongState(
                f"The call has lasted {lasted:.0f} seconds already. To end it now, use “End call” (`end`)."
            )
        return update_live(self.services, call.call_sid, time_limit=self.arguments.seconds)
