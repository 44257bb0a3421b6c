"""Call: one Twilio Call, known by its CallSid; a leg is a Call with a parent.

Statuses only move forward: each has a rank, and a status replaces only one of a lower rank. The terminal
ones share the highest rank, so whichever was told first stays.
Source of the words: https://www.twilio.com/docs/voice/api/call-resource#call-status-values
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from voice.events import iso

RANKS = {
    "queued": 0,
    "initiated": 1,
    "ringing": 2,
    "in-progress": 3,
    "completed": 4,
    "busy": 4,
    "failed": 4,
    "no-answer": 4,
    "canceled": 4,
}
TERMINAL_RANK = 4
LIVE = tuple(status for status, rank in RANKS.items() if rank < TERMINAL_RANK)
ENDED = tuple(status for status, rank in RANKS.items() if rank == TERMINAL_RANK)
NOT_ANSWERED = ("queued", "initiated", "ringing")

NOT_REACHED = {
    "busy": "the line is busy",
    "no-answer": "nobody answers",
    "failed": "the number cannot be reached",
    "canceled": "the phone does not ring any longer",
}

_CALL_SID = re.compile(r"CA[0-9a-fA-F]{32}", re.ASCII)


def is_call_sid(text: str) -> bool:
    """True for `CA` and 32 hexadecimal digits."""
    return _CALL_SID.fullmatch(text) is not None


def is_conference_sid(text: str) -> bool:
    """True for `CF` and 32 hexadecimal digits."""
    return text.startswith("CF") and is_call_sid(f"CA{text[2:]}")


@dataclass(frozen=True)
class Call:
    """A call as the registry knows it. Times are UTC and aware, `duration_seconds` is Twilio's CallDuration.

    Its place is the scene that was served last, since `place_since`, with what the caller had keyed or said to
    get there in `scene_inputs`; the room is the conference it is or was in, `in_room` says which.
    """

    call_sid: str
    parent_call_sid: str | None
    direction: str | None
    from_: str | None
    to: str | None
    status: str
    scene: str | None
    scene_url: str | None
    started_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None
    duration_seconds: int | None
    scene_inputs: dict[str, str] | None = None
    place_since: datetime | None = None
    conference_sid: str | None = None
    room: str | None = None
    in_room: bool | None = None
    room_state: dict[str, bool] | None = None

    @property
    def live(self) -> bool:
        return RANKS[self.status] < TERMINAL_RANK

    @property
    def listens(self) -> bool:
        """True for a supervisor in a room whom not everybody hears."""
        state = self.room_state or {}
        quiet = state.get("muted", False) or state.get("coaching", False)
        return state.get("supervisor", False) and quiet

    def as_json(self) -> dict[str, Any]:
        """The call as the admin API shows it."""
        return {
            "call_sid": self.call_sid,
            "parent_call_sid": self.parent_call_sid,
            "direction": self.direction,
            "from": self.from_,
            "to": self.to,
            "status": self.status,
            "scene": self.scene,
            "started_at": iso(self.started_at),
            "answered_at": iso(self.answered_at),
            "ended_at": iso(self.ended_at),
            "duration_seconds": self.duration_seconds,
            "live": self.live,
            "place_since": iso(self.place_since),
            "room": self._room_json(),
        }

    def _room_json(self) -> dict[str, Any] | None:
        """The conference that the call is in, with how it takes part; None outside of one."""
        if not (self.in_room and self.live):
            return None
        return {"name": self.room, "conference_sid": self.conference_sid, **(self.room_state or {})}


@dataclass(frozen=True)
class CallFacts:
    """What one source said of a call at one moment; None where it said nothing."""

    call_sid: str
    status: str | None
    from_: str | None = None
    to: str | None = None
    direction: str | None = None
    parent_call_sid: str | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    duration_seconds: int | None = None
    scene: str | None = None
    scene_url: str | None = None
    scene_inputs: dict[str, str] | None = None
    conference_sid: str | None = None
    room: str | None = None
    room_sequence: int | None = None
    in_room: bool | None = None
    room_state: dict[str, bool] | None = None
