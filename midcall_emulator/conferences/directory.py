"""The conferences of this world, by sid and by name, and who may not join them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from midcall_emulator.conferences.conference import Conference, ConferenceWorld, Participant
from midcall_emulator.conferences.participant_settings import ParticipantSettings
from midcall_emulator.core.call_record import Call
from midcall_emulator.core.sids import BySid

_CALL_SID = re.compile(r"CA[0-9a-f]{32}")
_LONGEST_LABEL = 128


@dataclass(frozen=True, slots=True)
class Flaw:
    """Why somebody cannot join: the code in TwiML, the code in REST (https://www.twilio.com/docs/api/errors)."""

    twiml: int
    rest: int
    says: str
    breaks: Callable[[Conference | None, ParticipantSettings], bool]


def _coached(room: Conference | None, terms: ParticipantSettings) -> Participant | None:
    seat = room.seat(terms.coach) if room else None
    return seat if seat and seat.call.sid == terms.coach and seat.is_present else None


def _is_bad_label(room: Conference | None, terms: ParticipantSettings) -> bool:
    label = terms.label
    too_long = len(label) > _LONGEST_LABEL
    return too_long or bool(_CALL_SID.fullmatch(label)) or "/" in label.lower().replace("%2f", "/")


FLAWS = (
    Flaw(16023, 16024, "Participant label invalid: max 128 chars, not a CallSid, no '/'", _is_bad_label),
    Flaw(
        16025,
        16026,
        "Participant label is in use by another participant",
        lambda room, terms: bool(room and terms.label and room.seat(terms.label)),
    ),
    Flaw(
        16020,
        16020,
        "The conference is full",
        lambda room, terms: bool(room and len(room.participants) >= terms.most),
    ),
    Flaw(
        13240,
        16028,
        "Coach: the call to coach is not in the conference",
        lambda room, terms: bool(terms.coach) and _coached(room, terms) is None,
    ),
    Flaw(
        13240,
        16027,
        "Coach: the call to coach is on hold",
        lambda room, terms: bool((seat := _coached(room, terms)) and seat.hold),
    ),
)


def flaw_of(room: Conference | None, terms: ParticipantSettings) -> Flaw | None:
    """Return the first reason that keeps somebody on these terms out of a room, None if there is none."""
    return next((flaw for flaw in FLAWS if flaw.breaks(room, terms)), None)


class Conferences(BySid[Conference]):
    """All conferences, oldest first; at most one that is not over has a name."""

    def __init__(self, world: ConferenceWorld) -> None:
        super().__init__()
        self._world = world
        self._live: dict[str, Conference] = {}
        self.seats: dict[str, Participant] = {}

    def named(self, name: str) -> Conference | None:
        """Return the conference with this name that is not over."""
        room = self._live.get(name)
        return room if room and room.status != "completed" else None

    def opened(self, name: str, founder: Call, terms: ParticipantSettings) -> Conference:
        """Return the conference with this name; a new one, on these terms, if there is none."""
        room = self.named(name)
        if room is None:
            room = Conference(self._world, name, founder, terms, self.seats)
            self._live[name] = self.add(room)
        return room

    def seat_of(self, call: Call) -> Participant | None:
        """Return the place that a call has in a conference now."""
        return self.seats.get(call.sid)


class HasConferences(Protocol):
    """Offers the conferences."""

    conferences: Conferences
