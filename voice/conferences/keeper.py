"""The keeper of rooms: nobody is left alone in one with music, as nobody is in a Dial whose other side hangs up.

Only rooms that commands have made are kept. A room is looked at when nothing has changed in it for a moment, and
only while the registry sees at most one who can talk there and nobody on the way; what is done is then decided by
what Twilio says. Several workers may do so at once: all of it is harmless when done twice.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from voice.calls import Call
from voice.conferences.participants import Guest, guest_by_registry, guests
from voice.conferences.promotion import ROOM_PREFIX
from voice.control.base import call_commands
from voice.errors import WrongState
from voice.event_kinds import KindName
from voice.events import NewEvent
from voice.services import Services

QUIET_SECONDS = 2.0  # for somebody who is on the way from one place to another
AGAIN_SECONDS = 30.0  # Twilio is asked again about a room in which nothing changes

Picture = frozenset[Guest]


@dataclass
class _Look:
    """How a room was last seen, and when to ask Twilio about it (on the monotonic clock)."""

    picture: Picture
    due: float


class RoomKeeper:
    """Looks after rooms; what it remembers only tells when to look again."""

    def __init__(self, services: Services, clock: Callable[[], float] = time.monotonic):
        self._services = services
        self._clock = clock
        self._looks: dict[str, _Look] = {}

    def tend(self) -> None:
        """One round over all rooms."""
        rooms = self._services.registry.conferences.with_name_prefix(ROOM_PREFIX)
        self._looks = {sid: look for sid, look in self._looks.items() if sid in rooms}
        for conference_sid, calls in rooms.items():
            picture = frozenset(guest_by_registry(call) for call in calls)
            if _is_lonely(picture) and self._is_due(conference_sid, picture):
                self._tend(conference_sid, calls)

    def _is_due(self, conference_sid: str, picture: Picture) -> bool:
        look, moment = self._looks.get(conference_sid), self._clock()
        if look is None or look.picture != picture:
            self._looks[conference_sid] = _Look(picture, moment + QUIET_SECONDS)
            return False
        due = look.due <= moment
        if due:
            look.due = moment + AGAIN_SECONDS
        return due

    def _tend(self, conference_sid: str, calls: list[Call]) -> None:
        """End the room, or connect those of a consultation that is over; nothing while legs are being moved."""
        if any(self._services.registry.commands.is_moving(call.call_sid) for call in calls):
            self._looks[conference_sid].due = self._clock() + QUIET_SECONDS
            return
        if any(self._is_held_by_hand(call) for call in calls):
            return
        there = frozenset(guests(self._services, conference_sid))
        if not there or not _is_lonely(there):
            return
        talkers = [guest for guest in there if not guest.listens]
        if len(talkers) > 1:
            self._connect(conference_sid, [guest for guest in talkers if guest.on_hold])
        else:
            self._end(conference_sid, there)

    def _is_held_by_hand(self, call: Call) -> bool:
        """An operator put them on hold, and takes them back; a consultation's hold ends with the consultation."""
        if not guest_by_registry(call).on_hold:
            return False
        kinds = call_commands(self._services.commands)
        done = [
            kinds[record.command].hold_kind
            for record in self._services.registry.commands.of_call(call.call_sid)
            if record.command in kinds and record.state != "refused"
        ]
        holds = [kind for kind in done if kind]
        return holds[-1:] == ["until_resumed"]

    def _connect(self, conference_sid: str, waiting: list[Guest]) -> None:
        for guest in waiting:
            self._services.twilio.conferences.update_participant(conference_sid, guest.call_sid, hold=False)
            self._tell("room.connected", conference_sid, guest)

    def _end(self, conference_sid: str, there: Picture) -> None:
        try:
            self._services.twilio.conferences.update(conference_sid, status="completed")
        except WrongState:
            return  # it is over
        for guest in there:
            self._tell("room.ended", conference_sid, guest)

    def _tell(self, kind: KindName, conference_sid: str, guest: Guest) -> None:
        about = {"conference_sid": conference_sid, "why": "nobody else is there to talk to"}
        self._services.registry.events.record(NewEvent(kind, "worker", guest.call_sid, about))


def _is_lonely(there: Picture) -> bool:
    """At most one who is there could hear another, and no phone rings for the room."""
    awake = [guest for guest in there if not guest.listens and not guest.on_hold]
    return len(awake) <= 1 and all(guest.is_here for guest in there)
