"""Limit the length of a call."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from voice.calls import Call, CallFacts
from voice.control.base import Arguments, CallCommand
from voice.control.live_update import update_live
from voice.errors import WrongState
from voice.events import now
from voice.validation import invalid

UNSEEN = "Twilio accepted the limit. Its API does not show the limits of calls."
SHORTEST = 60  # seconds
LONGEST = 86_400  # seconds, if Twilio allows the account more than four hours


class TimeLimitArguments(Arguments):
    """Seconds from the answer. A new limit replaces the old one, so it can extend or shorten the call."""

    seconds: Annotated[int, Field(ge=SHORTEST, le=LONGEST, title="Maximum length (seconds)", examples=[600])]


class TimeLimit(CallCommand):
    """Twilio ends the call at the limit, even if Midcall is down.

    A limit is at least a minute, and at most four hours unless Twilio allows the account more.
    Source: https://www.twilio.com/docs/voice/twiml/dial#timelimit
    """

    name = "time_limit"
    title = "Limit call length"
    group = "line"
    proof = "none"  # the Call resource does not show its limit
    Arguments = TimeLimitArguments

    def check(self) -> None:
        """Refuse a limit that Twilio would shorten."""
        longest = self.services.config["MAX_CALL_SECONDS"]
        if self.arguments.seconds > longest:
            message = (
                f"Enter at most {longest} seconds, or raise MAX_CALL_SECONDS if Twilio allows longer calls."
            )
            raise invalid([{"field": "seconds", "message": message}])

    def execute(self, call: Call, command_id: int) -> CallFacts:
        """Set the limit. Raises WrongState for a limit that has passed, because it would end the call now."""
        lasted = (now() - call.answered_at).total_seconds() if call.answered_at else 0
        if lasted >= self.arguments.seconds:
            raise WrongState(
                f"The call has lasted {lasted:.0f} seconds already. To end it now, use “End call” (`end`)."
            )
        self.note = UNSEEN
        return update_live(self.services, call.call_sid, time_limit=self.arguments.seconds)
