"""Talks that webhooks do not show: Twilio is asked which calls are connected, before a command touches one of them.

Legs that Midcall's own documents dial have status callbacks. Those of other documents have none, and a callback can be
lost. Only commands ask; a webhook never does.
Source: https://www.twilio.com/docs/voice/api/call-resource#read-multiple-call-resources
"""

from __future__ import annotations

from voice.calls import Call
from voice.control.call_services import CallServices
from voice.control.documents import knows_talk
from voice.control.live_update import look_up
from voice.errors import MidcallError, NotSent
from voice.twilio.calls import call_facts

KEPT_SECONDS = 2.0
MOST_LEGS = 20
NOT_KNOWN = "Midcall could not ask Twilio who talks to the call, so nothing was done. Try again."


def read_talk(services: CallServices, call: Call) -> None:
    """Record the calls that a Dial connects to this one, unless webhooks tell. Raises NotSent if Twilio fails.

    What this process has read counts for two seconds.
    """
    if knows_talk(services, call) or _is_fresh(services, call.call_sid):
        return
    try:
        if call.parent_call_sid and call.scene is None:
            look_up(services, call.parent_call_sid)
        else:
            _read_legs(services, call.call_sid)
    except MidcallError as error:
        raise NotSent(NOT_KNOWN, twilio_code=error.twilio_code) from error
    services.talks_read_at[call.call_sid] = services.clock.now()


def _read_legs(services: CallServices, call_sid: str) -> None:
    filters = {"parent_call_sid": call_sid, "status": "in-progress"}
    legs, _ = services.twilio.calls.page(MOST_LEGS, None, **filters)
    for leg in legs:
        services.registry.calls.reconcile(call_facts(leg), "twilio.answer")


def _is_fresh(services: CallServices, call_sid: str) -> bool:
    read_at, since = services.talks_read_at, services.clock.now() - KEPT_SECONDS
    for old in [sid for sid, at in read_at.copy().items() if at <= since]:
        read_at.pop(old, None)
    return call_sid in read_at
