"""Whether a participant is on hold, from the newest evidence: Twilio's API and its callbacks can lag behind."""

from __future__ import annotations

from datetime import timedelta

from voice.calls import Call
from voice.conferences.membership import Membership
from voice.control.base import call_commands
from voice.control.call_services import CallServices
from voice.events import now

LAG = timedelta(seconds=3)  # how long callbacks and the API may show the state before a command


def is_held(services: CallServices, call: Call, member: Membership, before: int) -> bool:
    """True for a participant on hold: by a command of the last seconds, else by the callbacks or Twilio's list.

    `before` is the id of the command that asks.
    """
    commanded = _by_recent_command(services, call, before)
    if commanded is not None:
        return commanded
    known = (call.room_state or {}).get("hold")
    if known is not None:
        return known
    participant = services.twilio.conferences.participant(member.conference_sid, member.call_sid)
    return bool(participant and participant["hold"])


def _by_recent_command(services: CallServices, call: Call, before: int) -> bool | None:
    kinds = call_commands(services.commands)
    for record in reversed(services.registry.commands.of_call(call.call_sid)):
        kind = kinds.get(record.command)
        if record.requested_at < now() - LAG:
            return None
        is_executed = record.id < before and record.state in ("accepted", "confirmed")
        if kind and is_executed and (kind.hold_kind or kind.ends_hold):
            return kind.hold_kind is not None
    return None
