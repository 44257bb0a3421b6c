"""Changing a call that should be in progress: what is done when Twilio says that it is not."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, TypeVar

from voice.calls import ENDED, CallFacts
from voice.control.call_services import CallServices
from voice.errors import TwilioRefused, WrongState
from voice.event_kinds import KindName
from voice.twilio.calls import call_facts
from voice.twilio.failures import NOT_IN_PROGRESS

Result = TypeVar("Result")
CATCH_UP_DELAYS = (0.3, 0.6, 0.9)  # seconds; Twilio's API may lag behind an answer that its webhook told


def update_live(services: CallServices, call_sid: str, **change: Any) -> CallFacts:
    """What Twilio says of the changed call; see `when_live`."""
    return call_facts(when_live(services, call_sid, lambda: services.twilio.calls.update(call_sid, **change)))


def when_live(services: CallServices, call_sid: str, ask: Callable[[], Result]) -> Result:
    """What Twilio answers to a request that needs a call in progress.

    21220 is an ordinary outcome: the call has ended, or the API has not caught up with its answer yet. The
    latter is tried again briefly. Raises WrongState with the reason, else as TwilioClient.request does.
    Source: https://www.twilio.com/docs/api/errors/21220
    """
    for delay in (*CATCH_UP_DELAYS, 0.0):
        try:
            return ask()
        except TwilioRefused as error:
            if error.twilio_code != NOT_IN_PROGRESS:
                raise
            reason = error.message
        facts = look_up(services, call_sid)
        if facts.status in ENDED:
            raise WrongState("the call has ended", twilio_code=NOT_IN_PROGRESS)
        time.sleep(delay)
    raise WrongState(f"the call is {facts.status}; {reason}", twilio_code=NOT_IN_PROGRESS)


def look_up(services: CallServices, call_sid: str, kind: KindName = "twilio.answer") -> CallFacts:
    """What Twilio says of the call now; an end that nobody had told the registry is recorded."""
    facts = call_facts(services.twilio.calls.fetch(call_sid))
    services.registry.calls.reconcile(facts, kind)
    return facts
