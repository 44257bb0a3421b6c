"""Fields of a Call (https://www.twilio.com/docs/voice/api/call-resource#call-properties)."""

from __future__ import annotations

from typing import Any

from midcall_emulator.core.call_record import TERMINAL, Call
from midcall_emulator.core.numbers import format_number
from midcall_emulator.rest.fields import date, path
from midcall_emulator.rest.world import RestWorld
from midcall_emulator.switches import HasSwitches

_SUBRESOURCES = {
    "notifications": "Notifications",
    "recordings": "Recordings",
    "payments": "Payments",
    "events": "Events",
    "siprec": "Siprec",
    "streams": "Streams",
    "transcriptions": "Transcriptions",
    "user_defined_messages": "UserDefinedMessages",
    "user_defined_message_subscriptions": "UserDefinedMessageSubscriptions",
}


def visible_status(world: HasSwitches, call: Call) -> str:
    """Return the status that REST shows, which may lag behind the call's."""
    return call.status_as_of(world.switches.rest_lag_ms / 1000)


def call_fields(world: RestWorld, call: Call) -> dict[str, Any]:
    """Return all fields of a call. A queued call has no dates."""
    status = visible_status(world, call)
    is_queued, own = status == "queued", path(world, f"Calls/{call.sid}")
    duration = call.duration if status in TERMINAL else None
    return {
        "sid": call.sid,
        "account_sid": world.account,
        "parent_call_sid": call.parent_sid,
        "group_sid": None,
        "trunk_sid": None,
        "phone_number_sid": call.phone_number_sid,
        "to": call.to,
        "to_formatted": format_number(call.to),
        "from": call.from_,
        "from_formatted": format_number(call.from_),
        "forwarded_from": call.carrier.get("ForwardedFrom"),
        "caller_name": call.caller_name,
        "direction": call.direction,
        "answered_by": call.answered_by,
        "status": status,
        "date_created": None if is_queued else date(world, call.created),
        "date_updated": None if is_queued else date(world, call.updated),
        "start_time": None if is_queued else date(world, call.started),
        "end_time": date(world, call.ended) if status == "completed" else None,
        "duration": None if duration is None else str(duration),
        "price": None,
        "price_unit": "USD",
        "queue_time": str(round(call.queue_seconds * 1000)),
        "api_version": "2010-04-01",
        "uri": own + ".json",
        "subresource_uris": {name: f"{own}/{part}.json" for name, part in _SUBRESOURCES.items()},
    }
