"""Somebody in a conference: on what terms, in which state, and what they hear while they are not in the room."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from midcall_emulator.core.call_record import Call
from midcall_emulator.core.outcomes import Fetch, Problem
from midcall_emulator.media.recordings import Callback

if TYPE_CHECKING:
    from midcall_emulator.conferences.conference import Conference

MUSIC = Fetch("", "GET")  # Twilio's own playlist, which is not fetched
_STATUS_OF = {"queued": "queued", "ringing": "ringing", "in-progress": "connecting"}


@dataclass(frozen=True, slots=True)
class Terms:
    """What ``<Conference>`` or the Participants resource says about somebody who joins.

    ``wait`` is MUSIC by default and None for silence. ``callback`` and what follows it belong to the conference: they
    count for whoever opens it.
    """

    muted: bool = False
    beep: str = "true"
    starts: bool = True
    ends: bool = False
    wait: Fetch | None = MUSIC
    most: int = 250
    coach: str = ""
    label: str = ""
    callback: Callback | None = None
    record: bool = False
    recording_callback: Callback | None = None
    region: str = "us1"


@dataclass(slots=True, eq=False)
class Participant:
    """A call that is in a conference, or on its way there. Times are virtual seconds."""

    call: Call
    conference: Conference
    muted: bool
    beep: str
    starts: bool
    ends: bool
    wait: Fetch | None
    label: str
    coached: str
    coaching: bool
    created: float
    updated: float
    hold: bool = False
    leaving: asyncio.Future[Problem | None] | None = None
    sound: asyncio.Task[Any] | None = None
    announcement: asyncio.Task[Any] | None = None
    speech: Any = None
    bridged: bool = False

    @property
    def is_present(self) -> bool:
        """Whether they have joined."""
        return self.leaving is not None

    @property
    def status(self) -> str:
        """Twilio's word for where they are (https://www.twilio.com/docs/voice/api/conference-participant-resource)."""
        return "connected" if self.is_present else _STATUS_OF.get(self.call.status, "complete")

    def hush(self) -> None:
        """Stop the music, or whatever is heard in its place."""
        if self.sound:
            self.sound.cancel()
        self.sound = None

    def part(self, problem: Problem | None) -> None:
        """Let go of the call: nothing of the conference is heard on it any more."""
        self.hush()
        if self.announcement:
            self.announcement.cancel()
        if self.speech:
            self.speech.cancel()
        if self.leaving and not self.leaving.done():
            self.leaving.set_result(problem)


def seated(call: Call, conference: Conference, terms: Terms, now: float) -> Participant:
    """Return a participant on these terms."""
    return Participant(
        call,
        conference,
        terms.muted,
        terms.beep,
        terms.starts,
        terms.ends,
        terms.wait,
        terms.label,
        terms.coach,
        bool(terms.coach),
        now,
        now,
    )
