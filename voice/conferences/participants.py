"""Who is in a room, and how: by what Twilio says now, or by what the registry was told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from voice.calls import Call
from voice.conferences.labels import is_supervisor
from voice.control.call_services import CallServices

GONE = ("complete", "failed")


@dataclass(frozen=True)
class Guest:
    """Somebody in a room, or on the way there; `listens` is a supervisor whom not everybody hears."""

    call_sid: str
    is_here: bool
    on_hold: bool = False
    listens: bool = False
    is_supervisor: bool = False


def guests(services: CallServices, conference_sid: str) -> list[Guest]:
    """Everybody, as Twilio has them; nobody in a room that is over. Raises as TwilioClient.request does."""
    listed = services.twilio.conferences.participants(conference_sid)
    return [guest(one) for one in listed if one["status"] not in GONE]


def guest(participant: Mapping[str, Any]) -> Guest:
    """A participant as Twilio shows them; who has not joined yet rings, or is about to."""
    supervisor = is_supervisor(participant["label"])
    return Guest(
        participant["call_sid"],
        participant["status"] == "connected",
        bool(participant["hold"]),
        supervisor and bool(participant["muted"] or participant["coaching"]),
        supervisor,
    )


def guest_by_registry(call: Call) -> Guest:
    """The same by what the room's callbacks told."""
    state = call.room_state or {}
    supervises = state.get("supervisor", False)
    return Guest(call.call_sid, bool(call.in_room), state.get("hold", False), call.listens, supervises)
