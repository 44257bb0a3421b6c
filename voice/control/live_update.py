"""Changes of a call in progress, and what happens when Twilio answers that the call is not in progress."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from voice.calls import ENDED, UNKNOWN_TO_TWILIO, CallFacts
from voice.control.call_services import CallServices
from voice.errors import CallNotFound, TwilioRefused, WrongState
from voice.event_kinds import KindName
from voice.twilio.calls import call_facts
from voice.twilio.failures import NOT_FOUND, NOT_IN_PROGRESS

Result = TypeVar("Result")
CATCH_UP_DELAYS = (
    0.3,
    0.6,
    0.9,
)  # seconds; Twilio's API can lag behind the answer that a webhook has reported
CALL_ENDED = "The call has ended."


def update_live(services: CallServices, call_sid: str, **attributes: Any) -> CallFacts:
    """Update the call, and return what Twilio says of it. Raises as `when_live`."""
    calls = services.twilio.calls
    return call_facts(when_live(services, call_sid, lambda: calls.update(call_sid, **attributes)))


def when_live(services: CallServices, call_sid: str, send: Callable[[], Result]) -> Result:
    """Twilio's answer to a request that needs a call in progress.

    The error 21220 is an ordinary outcome. Either the call has ended, or the API does not know its answer yet; then
    the request is repeated for a short time. Raises WrongState with the reason, else as TwilioClient.request.
    Source: https://www.twilio.com/docs/api/errors/21220
    """
    for delay in (*CATCH_UP_DELAYS, 0.0):
        try:
            return send()
        except TwilioRefused as error:
            if error.twilio_code != NOT_IN_PROGRESS:
                raise
            reason = error.message
        facts = look_up(services, call_sid)
        if facts.status in ENDED:
            raise WrongState(CALL_ENDED, twilio_code=NOT_IN_PROGRESS)
        services.clock.sleep(delay)
    raise WrongState(f"The call is {facts.status}. {reason}", twilio_code=NOT_IN_PROGRESS)


def look_up(services: CallServices, call_sid: str, kind: KindName = "twilio.answer") -> CallFacts:
    """What Twilio says of the call now. If the registry does not know the end of the call, it is recorded.

    Raises CallNotFound if Twilio does not know the call. Then the call has ended, in the registry as well.
    A 404 without Twilio's code comes from another server, for example because TWILIO_API_URL is wrong.
    """
    try:
        facts = call_facts(services.twilio.calls.fetch(call_sid))
    except CallNotFound as error:
        if error.twilio_code != NOT_FOUND or not services.registry.calls.end_unknown(call_sid):
            raise
        raise CallNotFound(UNKNOWN_TO_TWILIO, twilio_code=error.twilio_code) from None
    services.registry.calls.reconcile(facts, kind)
    return facts
