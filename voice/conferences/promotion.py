"""Rooms, as commands use them: which room a call is in, and how two who talk to each other are moved into one."""

from __future__ import annotations

import time
from dataclasses import dataclass

from voice.calls import Call
from voice.control.call_services import CallServices
from voice.control.live_update import update_live
from voice.control.places import current_place
from voice.control.scene_urls import url_of_scene
from voice.errors import WrongState

ARRIVAL_SECONDS = 5.0  # for Twilio to fetch the room's TwiML and join
POLL_SECONDS = 0.1
ROOM_PREFIX = "room-CA"  # the names of rooms that commands have made


@dataclass(frozen=True)
class Seat:
    """One call's place in a conference."""

    conference_sid: str
    call_sid: str


def seat_of(services: CallServices, call: Call) -> Seat | None:
    """Where the call takes part, by what Twilio says now; None outside of a room."""
    if not call.in_room or call.conference_sid is None:
        return None
    seat = Seat(call.conference_sid, call.call_sid)
    return seat if services.twilio.conferences.participant(seat.conference_sid, seat.call_sid) else None


def needs_seat(call: Call) -> Seat:
    """The same by what the registry was told; Twilio refuses who has left. Raises WrongState outside of a room."""
    if not call.in_room or call.conference_sid is None:
        raise WrongState("the call is not in a room: move it into one first (command `conference`)")
    return Seat(call.conference_sid, call.call_sid)


def room_name(call: Call) -> str:
    """The room of a call and its legs, known by the first leg."""
    return f"room-{call.parent_call_sid or call.call_sid}"


def room_of(services: CallServices, call: Call) -> str:
    """The name of the room that the call is in, or was sent into a moment ago."""
    known = services.registry.calls.get(call.call_sid) or call
    return known.room if known.in_room and known.room else room_name(call)


def own_number(services: CallServices, call: Call) -> str:
    """The number of ours that the call came to, or was dialled from: another one may not be shown to whom is dialled.

    Source: https://www.twilio.com/docs/api/errors/21210
    """
    first = services.registry.calls.get(call.parent_call_sid or "") or call
    return (first.to if first.direction == "inbound" else first.from_) or ""


def promote(services: CallServices, call: Call, others: list[Call], command_id: int) -> None:
    """Move the call and those it talks to into a room, in the order that drops nobody.

    The dialled legs go first: a parent that is sent away hangs up on its children, while a child that leaves only
    ends the parent's Dial; what that asks for waits (scenes with `after_dial`) until the parent is moved as well.
    After the room two who talked part for good; a caller who was alone goes on where they were.
    Source: https://www.twilio.com/docs/voice/twiml/dial#attributes-action
    """
    services.registry.commands.expect_legs(command_id, [other.call_sid for other in others])
    after = {} if others else {"back": current_place(services, call)}
    url = url_of_scene(services, "room", {"name": room_name(call), **after}, command_id)
    for leg in sorted([call, *others], key=lambda leg: leg.parent_call_sid is None):
        update_live(services, leg.call_sid, url=url)


def arrived(services: CallServices, call: Call) -> Seat:
    """The seat of a call that is on its way into a room. Raises WrongState if it does not get there in time."""
    until = time.monotonic() + ARRIVAL_SECONDS
    conference_sid = None
    while time.monotonic() < until:
        conference_sid = conference_sid or services.twilio.conferences.find_open(room_name(call))
        if conference_sid and services.twilio.conferences.participant(conference_sid, call.call_sid):
            return Seat(conference_sid, call.call_sid)
        time.sleep(POLL_SECONDS)
    raise WrongState("the call was sent into a room, and did not arrive there in time")


def promoted(services: CallServices, call: Call, command_id: int) -> Seat | None:
    """The seat of a call that talked to somebody, all of them now in a room; None for a call that talks to nobody."""
    others = services.registry.calls.talking_to(call)
    if not others:
        return None
    promote(services, call, others, command_id)
    return [arrived(services, leg) for leg in (*others, call)][-1]
