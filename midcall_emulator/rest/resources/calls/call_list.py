"""The list of calls: its filters, and its pages."""

from __future__ import annotations

from functools import partial

from midcall_emulator.core.call_record import Call
from midcall_emulator.rest import Answer, Ask, date_filters, operation, representation
from midcall_emulator.rest.paging import newest_first

_EXACT = {"To": "to", "From": "from_", "ParentCallSid": "parent_sid"}


@operation("GET", "/Calls.json")
def list_calls(ask: Ask) -> Answer:
    """Return calls, newest first (https://www.twilio.com/docs/voice/api/call-resource#read-multiple-call-resources)."""
    date_filters.check(ask, "StartTime", "EndTime")
    found = (call for call in ask.world.calls if _fits(ask, call))
    return newest_first(ask, "calls", found, partial(representation.call, ask.world))


def _fits(ask: Ask, call: Call) -> bool:
    for name, attribute in _EXACT.items():
        if ask.get(name) and getattr(call, attribute) != ask.get(name):
            return False
    status = representation.shown_status(ask.world, call)
    if ask.get("Status") and status != ask.get("Status"):
        return False
    started = None if status == "queued" else call.started
    ended = call.ended if status == "completed" else None
    return date_filters.fits(ask, "StartTime", started) and date_filters.fits(ask, "EndTime", ended)
