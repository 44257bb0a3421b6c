"""Participants of a conference, as Twilio reports them now or as the registry knows them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from voice.calls import Call
from voice.conferences.labels import is_supervisor
from voice.control.call_services import CallServices

GONE = ("complete", "failed")


@dataclass(frozen=True)
class Participant:
    """A participant who is in a conference (`has_joined`) or on the way to it.

    `listens` is true for a supervisor who is not heard by all participants.
    """

    call_sid: str
    has_joined: bool
    on_hold: bool = False
    listens: bool = False
    is_supervisor: bool = False


def list_participants(services: CallServices, conference_sid: str) -> list[Participant]:
    """All participants that Twilio lists, and those who have joined by the callbacks. Raises as TwilioConferences.

    Twilio's list can lag behind. A participant has joined, or is on hold, if either source says so.
    """
    known = [from_registry(call) for call in services.registry.conferences.participants(conference_sid)]
    found = {one.call_sid: one for one in known}
    for one in participants_at_twilio(services, conference_sid):
        found[one.call_sid] = _with_callbacks(one, found.get(one.call_sid))
    return list(found.values())


def _with_callbacks(listed: Participant, known: Participant | None) -> Participant:
    if known is None:
        return listed
    return replace(
        listed,
        has_joined=listed.has_joined or known.has_joined,
        on_hold=listed.on_hold or known.on_hold,
    )


def participants_at_twilio(services: CallServices, conference_sid: str) -> list[Participant]:
    """All participants that Twilio lists: none for a conference that has not started or is over."""
    listed = services.twilio.conferences.participants(conference_sid)
    return [from_twilio(one) for one in listed if one["status"] not in GONE]


def from_twilio(resource: Mapping[str, Any]) -> Participant:
    """A participant from Twilio's resource. A participant who has not joined rings, or is about to ring."""
    supervisor = is_supervisor(resource["label"])
    return Participant(
        resource["call_sid"],
        resource["status"] == "connected",
        bool(resource["hold"]),
        supervisor and bool(resource["muted"] or resource["coaching"]),
        supervisor,
    )


def from_registry(call: Call) -> Participant:
    """A participant as the callbacks of the conference have reported it."""
    state = call.room_state or {}
    supervises = state.get("supervisor", False)
    return Participant(call.call_sid, bool(call.in_room), state.get("hold", False), call.listens, supervises)
