"""Participants of a conference (https://www.twilio.com/docs/voice/api/conference-participant-resource)."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Protocol

from midcall_emulator.conferences.participant_settings import ParticipantSettings
from midcall_emulator.conferences.world import ConferenceWorld
from midcall_emulator.core.call_record import Call
from midcall_emulator.core.history import History
from midcall_emulator.core.outcomes import Fetch, Problem
from midcall_emulator.core.timers import Timer
from midcall_emulator.media.recording import Recording

_STATUSES = {"queued": "queued", "ringing": "ringing", "in-progress": "connecting"}


@dataclass(frozen=True, slots=True)
class Shown:
    """What REST shows of a participant, apart from what never changes."""

    is_present: bool = False
    muted: bool = False
    hold: bool = False
    coaching: bool = False
    coached: str = ""
    ends: bool = False

    def status(self, call_status: str) -> str:
        """Return Twilio's status of the participant, whose call has this status."""
        return "connected" if self.is_present else _STATUSES.get(call_status, "complete")


class JoinedConference(Protocol):
    """A conference, as its participants see it."""

    world: ConferenceWorld
    sid: str
    name: str
    founder: Call
    status: str
    recording: Recording | None
    announcement: asyncio.Task[None] | None

    @property
    def participants(self) -> list[Participant]:
        """The participants who have joined or are dialed."""

    def participants_as_of(self, lag_seconds: float) -> list[Participant]:
        """Return the participants of ``lag_seconds`` real seconds ago."""

    @property
    def present(self) -> list[Participant]:
        """The participants who have joined."""

    def participant(self, key: str) -> Participant | None:
        """Return the participant with this CallSid or label."""

    def audience(self, participant: Participant) -> Iterable[Participant]:
        """Return who hears a participant."""

    def leave(self, participant: Participant, reason: str, problem: Problem | None = None) -> None:
        """Remove a participant."""

    def reconnect(self, participant: Participant) -> None:
        """Let a participant hear the others."""

    def report(self, event: str, participant: Participant | None = None, **details: str) -> None:
        """Send the status callback of an event."""


@dataclass(slots=True, eq=False)
class Participant:
    """A call that is in a conference, or dialed for it. Times are virtual seconds.

    ``starts`` and ``ends`` are ``startConferenceOnEnter`` and ``endConferenceOnExit``; ``coached`` is the CallSid of
    the participant to coach. ``is_early`` is whether the participant joined while the phone rang; ``leaving`` is done
    when the participant leaves. ``history`` holds what REST shows of the participant.
    """

    call: Call
    conference: JoinedConference
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
    announcement: asyncio.Task[None] | None = None
    speech_timer: Timer | None = None
    bridged: bool = False
    is_early: bool = False
    history: History[Shown] = field(default_factory=History)

    @classmethod
    def expected(
        cls, call: Call, conference: JoinedConference, settings: ParticipantSettings, now: float
    ) -> Participant:
        """Return a participant who has not joined yet."""
        participant = cls(
            call=call,
            conference=conference,
            muted=settings.muted,
            beep=settings.beep,
            starts=settings.starts,
            ends=settings.ends,
            wait=settings.wait,
            label=settings.label,
            coached=settings.coach,
            coaching=bool(settings.coach),
            created=now,
            updated=now,
        )
        participant.note()
        return participant

    @property
    def is_present(self) -> bool:
        """Whether the participant has joined."""
        return self.leaving is not None

    def note(self) -> None:
        """Keep what REST shows now, for a REST API that lags behind."""
        self.history.note(self._shown_now())

    def shown(self, lag_seconds: float) -> Shown:
        """Return what REST shows of the participant, as of ``lag_seconds`` real seconds ago."""
        return (self.history.as_of(lag_seconds) or Shown()) if lag_seconds > 0 else self._shown_now()

    def _shown_now(self) -> Shown:
        return Shown(self.is_present, self.muted, self.hold, self.coaching, self.coached, self.ends)

    def stop_sound(self) -> None:
        """Stop wait music, hold music or their documents."""
        if self.sound:
            self.sound.cancel()
        self.sound = None

    def release(self, problem: Problem | None) -> None:
        """Stop all sound of the conference, and let the call continue."""
        self.stop_sound()
        if self.announcement:
            self.announcement.cancel()
        if self.speech_timer:
            self.speech_timer.cancel()
        if self.leaving and not self.leaving.done():
            self.leaving.set_result(problem)

    def parameters(self) -> dict[str, str]:
        """Return the parameters about the participant in a status callback."""
        params = {
            "CallSid": self.call.sid,
            "Muted": _boolean(self.muted),
            "Hold": _boolean(self.hold),
            "Coaching": _boolean(self.coaching),
            "EndConferenceOnExit": _boolean(self.ends),
            "StartConferenceOnEnter": _boolean(self.starts),
        }
        if self.coaching:
            params["CallSidToCoach"] = self.coached
        return params | ({"ParticipantLabel": self.label} if self.label else {})


def _boolean(value: bool) -> str:
    return str(value).lower()
