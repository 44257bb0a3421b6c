"""The conference of a call: whether the call is in one, its name, and the number that its invitations show."""

from __future__ import annotations

from dataclasses import dataclass

from voice.calls import Call
from voice.control.call_services import CallServices
from voice.errors import WrongState

NAME_PREFIX = "room-CA"  # of the names of conferences that commands create


@dataclass(frozen=True)
class Membership:
    """A call in a conference: the two SIDs by which Twilio identifies a participant."""

    conference_sid: str
    call_sid: str


def find_membership(services: CallServices, call: Call) -> Membership | None:
    """The membership of the call, checked with Twilio; None for a call that is in no conference."""
    if not call.in_room or call.conference_sid is None:
        return None
    found = services.twilio.conferences.participant(call.conference_sid, call.call_sid)
    return Membership(call.conference_sid, call.call_sid) if found else None


def require_membership(call: Call) -> Membership:
    """The membership of the call as the registry knows it. Raises WrongState for a call that is in no conference.

    Twilio returns 404 for a participant who has left the conference.
    """
    if not call.in_room or call.conference_sid is None:
        raise WrongState("The call is not in a conference. Start a conference first.")
    return Membership(call.conference_sid, call.call_sid)


def new_conference_name(call: Call) -> str:
    """The name of the conference of a call and its legs: it holds the CallSid of the parent."""
    return f"room-{call.parent_call_sid or call.call_sid}"


def conference_name(services: CallServices, call: Call) -> str:
    """The name of the conference that the call is in, or was redirected into a moment ago."""
    known = services.registry.calls.get(call.call_sid) or call
    return known.room if known.in_room and known.room else new_conference_name(call)


def own_number(services: CallServices, call: Call) -> str:
    """The number of the account that the call came to, or that dialed it. Twilio accepts no other caller ID.

    Source: https://www.twilio.com/docs/api/errors/21210
    """
    first = services.registry.calls.get(call.parent_call_sid or "") or call
    return (first.to if first.direction == "inbound" else first.from_) or ""
