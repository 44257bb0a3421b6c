"""Resources as Twilio shows them: field names, strings for numbers, RFC 2822 dates, null for what is not there."""

from __future__ import annotations

from email.utils import format_datetime
from typing import Any

from midcall_emulator.core.account import HasAccount
from midcall_emulator.core.call_record import TERMINAL, Call
from midcall_emulator.core.clock import HasClock
from midcall_emulator.core.numbers import formatted
from midcall_emulator.media.recordings import RUNNING, Recording
from midcall_emulator.rest import RestWorld
from midcall_emulator.switches import HasSwitches

_CALL_PARTS = (
    "notifications",
    "recordings",
    "payments",
    "events",
    "siprec",
    "streams",
    "transcriptions",
    "user_defined_messages",
    "user_defined_message_subscriptions",
)
_PATHS = {
    "siprec": "Siprec",
    "user_defined_messages": "UserDefinedMessages",
    "user_defined_message_subscriptions": "UserDefinedMessageSubscriptions",
}


def path(world: HasAccount, rest: str) -> str:
    """Return a host-relative path below the account."""
    return f"/2010-04-01/Accounts/{world.account}/{rest}"


def date(world: HasClock, at: float | None) -> str | None:
    """Return a virtual moment as ``Tue, 31 Aug 2010 20:36:28 +0000``."""
    return None if at is None else format_datetime(world.clock.date(at).replace(microsecond=0))


def shown_status(world: HasSwitches, call: Call) -> str:
    """Return the status that REST knows of, which may lag behind."""
    return call.status_as_of(world.switches.rest_lag_ms / 1000)


def call(world: RestWorld, call: Call) -> dict[str, Any]:
    """Return all fields of a Call (https://www.twilio.com/docs/voice/api/call-resource#call-properties)."""
    status = shown_status(world, call)
    over, queued = status in TERMINAL, status == "queued"
    own = path(world, f"Calls/{call.sid}")
    duration = call.duration if over else None
    return {
        "sid": call.sid,
        "account_sid": world.account,
        "parent_call_sid": call.parent_sid,
        "group_sid": None,
        "trunk_sid": None,
        "phone_number_sid": call.phone_number_sid,
        "to": call.to,
        "to_formatted": formatted(call.to),
        "from": call.from_,
        "from_formatted": formatted(call.from_),
        "forwarded_from": call.carrier.get("ForwardedFrom"),
        "caller_name": call.caller_name,
        "direction": call.direction,
        "answered_by": call.answered_by,
        "status": status,
        "date_created": None if queued else date(world, call.created),
        "date_updated": None if queued else date(world, call.updated),
        "start_time": None if queued else date(world, call.started),
        "end_time": date(world, call.ended) if status == "completed" else None,
        "duration": None if duration is None else str(duration),
        "price": None,
        "price_unit": "USD",
        "queue_time": str(round(call.queue_seconds * 1000)),
        "api_version": "2010-04-01",
        "uri": own + ".json",
        "subresource_uris": {
            part: f"{own}/{_PATHS.get(part, part.capitalize())}.json" for part in _CALL_PARTS
        },
    }


def recording(world: RestWorld, recording: Recording, among: str = "") -> dict[str, Any]:
    """Return a Recording; ``duration`` is null while it runs. Among those of a call (``Calls``), of a conference
    (``Conferences``) and of the account it has different fields."""
    running = recording.status in RUNNING
    owner = {"Calls": recording.call.sid, "Conferences": recording.conference_sid}.get(among)
    own = path(
        world, f"{among}/{owner}/Recordings/{recording.sid}" if owner else f"Recordings/{recording.sid}"
    )
    parts = {"add_on_results": f"{own}/AddOnResults.json", "transcriptions": f"{own}/Transcriptions.json"}
    more: dict[str, dict[str, Any]] = {
        "": {"media_url": world.recordings.url(recording), "subresource_uris": parts},
        "Calls": {"track": recording.track},
    }
    return {
        "sid": recording.sid,
        "account_sid": world.account,
        "call_sid": recording.call.sid,
        "conference_sid": recording.conference_sid,
        "status": recording.status,
        "source": recording.source,
        "channels": recording.channels,
        "start_time": date(world, recording.started),
        "duration": None if running else str(recording.duration),
        "price": None,
        "price_unit": "USD",
        "error_code": None,
        "encryption_details": None,
        "api_version": "2010-04-01",
        "date_created": date(world, recording.started),
        "date_updated": date(world, recording.updated or recording.started),
        "uri": own + ".json",
        **more.get(among, {}),
    }
