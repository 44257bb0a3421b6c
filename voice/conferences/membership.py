"""The conference of a call: whether the call is in one, its name, and the number that its invitations show."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from voice.calls import Call, CallFacts
from voice.control.call_services import CallServices
from voice.errors import MidcallError, WrongState
from voice.events import NewEvent
from voice.scenes.room import room as conference_scene

NAME_PREFIX = "room-CA"  # of the names of conferences that commands create


@dataclass(frozen=True)
class Membership:
    """A call in a conference: the two SIDs by which Twilio identifies a participant, and the conference's name."""

    conference_sid: str
    call_sid: str
    name: str


def find_membership(services: CallServices, call: Call) -> Membership | None:
    """The membership of the call; None for a call that is in no conference.

    The conference's callbacks decide. If none has come although the call has requested a conference, Twilio's list of
    participants does, which lacks those of a conference that has not started.
    """
    if call.in_room and call.conference_sid:
        return require_membership(call)
    return _membership_at_twilio(services, call)


def require_membership(call: Call) -> Membership:
    """The membership of the call as the registry knows it. Raises WrongState for a call that is in no conference.

    Twilio returns 404 for a participant who has left the conference.
    Source: https://www.twilio.com/docs/voice/api/conference-participant-resource
    """
    if not call.in_room or call.conference_sid is None:
        raise WrongState("The call is not in a conference. Start a conference first.")
    return Membership(call.conference_sid, call.call_sid, call.room or "")


def requested_conference(call: Call) -> str | None:
    """The name of the conference whose document the call requested last; None for a call in another scene."""
    if call.scene != conference_scene.name:
        return None
    return parse_qs(urlsplit(call.scene_url or "").query).get("name", [None])[0]


def _membership_at_twilio(services: CallServices, call: Call) -> Membership | None:
    name, conferences = requested_conference(call), services.twilio.conferences
    if name is None or (call.room == name and call.in_room is False):
        return None
    with suppress(MidcallError):
        conference_sid = conferences.find_open(name)
        if conference_sid and conferences.participant(conference_sid, call.call_sid):
            found = Membership(conference_sid, call.call_sid, name)
            record_join(services, found)
            return found
    return None


def record_join(services: CallServices, member: Membership) -> None:
    """Record that Twilio lists the participant. Callbacks of the conference, which are numbered, replace it."""
    details = {"room": member.name, "conference_sid": member.conference_sid}
    facts = CallFacts(
        member.call_sid,
        "in-progress",
        conference_sid=member.conference_sid,
        room=member.name,
        room_sequence=0,
        in_room=True,
    )
    key = f"room.joined:{member.conference_sid}:{member.call_sid}"
    event = NewEvent("room.joined", "twilio", member.call_sid, details, key)
    services.registry.events.record_patiently(event, facts)


def name_for(call_sid: str) -> str:
    """The name of the conference that a command creates for this call."""
    return f"room-{call_sid}"


def own_number(services: CallServices, call: Call) -> str:
    """The number of the account that the call came to, or that dialed it. Twilio accepts no other caller ID.

    Source: https://www.twilio.com/docs/api/errors/21210
    """
    first = services.registry.calls.get(call.parent_call_sid or "") or call
    return (first.to if first.direction == "inbound" else first.from_) or ""
