"""Call: one Twilio Call, identified by its CallSid. A leg is a Call with a parent.

A status only moves forward: each status has a rank, and replaces only a status of a lower rank. Terminal statuses
share the highest rank, so the first one that is reported stays.
Source of the statuses: https://www.twilio.com/docs/voice/api/call-resource#call-status-values
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, NotRequired, cast

from pydantic import Field, computed_field
from typing_extensions import TypedDict  # pydantic takes typing.TypedDict from Python 3.12 on

from voice.json_record import Internal, JsonRecord, UtcTime
from voice.validation import Pattern

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
UNKNOWN_TO_TWILIO = "Twilio does not know this call."
NOT_ANSWERED = ("queued", "initiated", "ringing")

NOT_REACHED = {
    "busy": "The line is busy.",
    "no-answer": "There was no answer.",
    "failed": "The number cannot be reached.",
    "canceled": "The phone stopped ringing before an answer.",
}

CALL_SID = r"CA[0-9a-fA-F]{32}"
CallSid = Annotated[str, Pattern(CALL_SID, "Enter a CallSid: CA and 32 hexadecimal digits.")]


def is_call_sid(text: str) -> bool:
    """Return whether the text is `CA` and 32 hexadecimal digits."""
    return re.fullmatch(CALL_SID, text) is not None


def is_conference_sid(text: str) -> bool:
    """Return whether the text is `CF` and 32 hexadecimal digits."""
    return text.startswith("CF") and is_call_sid(f"CA{text[2:]}")


class Participation(TypedDict):
    """How a call takes part in a conference. A state that no webhook has reported is left out."""

    name: str | None
    conference_sid: str | None
    muted: NotRequired[bool]
    hold: NotRequired[bool]
    coaching: NotRequired[bool]
    ends_room: NotRequired[bool]
    supervisor: NotRequired[bool]


@dataclass(frozen=True)
class Call(JsonRecord):
    """A call as the registry knows it. Times are aware and in UTC; `duration_seconds` is Twilio's CallDuration.

    The place of a call is the last scene, since `place_since`; `scene_inputs` holds the keys or the speech that led
    there. `room` is the name of the conference that the call is in or was in; `in_room` says whether it still is.
    """

    call_sid: str
    parent_call_sid: str | None
    direction: str | None
    from_: Annotated[str | None, Field(serialization_alias="from")]
    to: str | None
    status: str
    scene: str | None
    scene_url: Internal[str | None]
    started_at: UtcTime
    answered_at: UtcTime | None
    ended_at: UtcTime | None
    duration_seconds: int | None
    scene_inputs: Internal[dict[str, str] | None] = None
    place_since: Internal[UtcTime | None] = None
    conference_sid: Internal[str | None] = None
    room: Internal[str | None] = None
    in_room: Internal[bool | None] = None
    room_state: Internal[dict[str, bool] | None] = None

    @computed_field  # type: ignore[prop-decorator]  # mypy knows no decorator above a property
    @property
    def live(self) -> bool:
        return RANKS[self.status] < TERMINAL_RANK

    @property
    def party_number(self) -> str | None:
        """The number of the person on the call: the caller, or the called party of a leg or an outgoing call."""
        is_outgoing = self.parent_call_sid or (self.direction or "").startswith("outbound")
        return self.to if is_outgoing else self.from_

    @property
    def listens(self) -> bool:
        """True for a supervisor who is muted or coaches, so that not all participants hear them."""
        state = self.room_state or {}
        silent = state.get("muted", False) or state.get("coaching", False)
        return state.get("supervisor", False) and silent

    @computed_field(alias="place_since")  # type: ignore[prop-decorator]
    @property
    def scene_since(self) -> UtcTime | None:
        """`place_since` again: computed fields come last, and `live` keeps its position in the JSON form."""
        return self.place_since

    @computed_field(alias="room")  # type: ignore[prop-decorator]
    @property
    def participation(self) -> Participation | None:
        """How the call takes part in the conference it is in; None outside a conference."""
        if not (self.in_room and self.live):
            return None
        state = cast(Participation, self.room_state or {})
        return {"name": self.room, "conference_sid": self.conference_sid, **state}


@dataclass(frozen=True)
class CallFacts:
    """What one source reports about a call at one moment. A field that it does not report is None."""

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


def call_of(facts: CallFacts, at: datetime) -> Call:
    """The call as Twilio shows it at this time: for a call that the registry does not have yet."""
    return Call(
        call_sid=facts.call_sid,
        parent_call_sid=facts.parent_call_sid,
        direction=facts.direction,
        from_=facts.from_,
        to=facts.to,
        status=facts.status or "queued",
        scene=None,
        scene_url=None,
        started_at=facts.started_at or at,
        answered_at=None,
        ended_at=facts.ended_at,
        duration_seconds=facts.duration_seconds,
    )
