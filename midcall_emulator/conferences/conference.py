"""A conference: who is in it, when it starts and ends, and what everybody hears
(https://www.twilio.com/docs/voice/twiml/conference)."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol

from midcall_emulator.conferences.callbacks import ConferenceCallbacks
from midcall_emulator.conferences.participant_settings import ParticipantSettings
from midcall_emulator.core.account import HasAccount
from midcall_emulator.core.audio import HasAudio
from midcall_emulator.core.call_log import HasCallLog
from midcall_emulator.core.call_record import Call
from midcall_emulator.core.clock import HasClock
from midcall_emulator.core.documents import HasBackgroundDocuments
from midcall_emulator.core.lifecycle import HasLifecycle
from midcall_emulator.core.outcomes import Fetch, Problem
from midcall_emulator.core.sids import new_sid
from midcall_emulator.media.recordings import HasRecordings, Recording
from midcall_emulator.switches import HasSwitches
from midcall_emulator.wire.webhooks import HasWebhooks

_LEFT = {
    "hangup": "participant_hung_up",
    "star": "participant_hung_up",
    "time": "participant_hung_up",
    "redirect": "participant_updated_via_api",
    "kick": "participant_updated_via_api",
    "ended": "moderator_ended_conference",
    "api": "conference_ended_via_api",
    "failed": "participant_add_failed",
}


_STATUS_OF = {"queued": "queued", "ringing": "ringing", "in-progress": "connecting"}


class ConferenceWorld(
    HasAccount,
    HasAudio,
    HasBackgroundDocuments,
    HasCallLog,
    HasClock,
    HasLifecycle,
    HasRecordings,
    HasSwitches,
    HasWebhooks,
    Protocol,
):
    """The parts of the world that a conference uses."""


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

    def parameters(self) -> dict[str, str]:
        """Return what a callback says about the participant."""
        params = {
            "CallSid": self.call.sid,
            "Muted": _flag(self.muted),
            "Hold": _flag(self.hold),
            "Coaching": _flag(self.coaching),
            "EndConferenceOnExit": _flag(self.ends),
            "StartConferenceOnEnter": _flag(self.starts),
        }
        if self.coaching:
            params["CallSidToCoach"] = self.coached
        return params | ({"ParticipantLabel": self.label} if self.label else {})


class Conference:
    """One room from its first participant to its last. Settings that belong to the room are the first one's."""

    def __init__(
        self,
        world: ConferenceWorld,
        name: str,
        founder: Call,
        terms: ParticipantSettings,
        seats: dict[str, Participant],
    ) -> None:
        self.world, self.name, self.founder = world, name, founder
        self.sid, self.region, self.status = new_sid("CF"), terms.region, "init"
        self.created = self.updated = world.clock.now()
        self.reason: str | None = None
        self.ended_by: str | None = None
        self._callbacks = ConferenceCallbacks(world, self.sid, name, terms.callback)
        self.announcement: asyncio.Task[None] | None = None
        self.recording: Recording | None = None
        self._recorded = (terms.record, terms.recording_callback)
        self._seats: dict[str, Participant] = {}
        self._all_seats = seats

    @property
    def participants(self) -> list[Participant]:
        """Everybody who is in, or whose phone rings for it, oldest first."""
        return list(self._seats.values())

    @property
    def present(self) -> list[Participant]:
        """Everybody who has joined."""
        return [seat for seat in self._seats.values() if seat.is_present]

    def seat(self, key: str) -> Participant | None:
        """Return the participant with this CallSid or label."""
        return self._seats.get(key) or next(
            (seat for seat in self._seats.values() if key and seat.label == key), None
        )

    # -- coming ------------------------------------------------------------------------------------------------

    def expect(self, call: Call, terms: ParticipantSettings) -> Participant:
        """Keep a place for a call."""
        self._seats[call.sid] = seat = _participant(call, self, terms, self.world.clock.now())
        return seat

    def join(self, call: Call, terms: ParticipantSettings) -> Participant:
        """Let a call in; it waits for its ``leaving``. An expected call keeps the terms it was expected on."""
        seat = self._seats.get(call.sid) or self.expect(call, terms)
        seat.leaving = asyncio.get_running_loop().create_future()
        self._all_seats[call.sid] = seat
        self.world.log.publish("joined", call, {"conference": self.sid, "name": self.name})
        self.report("participant-join", seat)
        if self.status == "init":
            self.start_if_due()
        else:
            self._beep(seat, "onEnter")
            self._connect([seat])
        return seat

    def start_if_due(self) -> None:
        """Start once two are there, and one of them may start it."""
        present = self.present
        if self.status != "init" or len(present) < 2 or not any(seat.starts for seat in present):
            return
        self.status, self.updated = "in-progress", self.world.clock.now()
        self.report("conference-start")
        if self._recorded[0]:
            self.recording = self.world.recordings.start(self.founder, "Conference", self._recorded[1])
            self.recording.conference_sid = self.sid
        self._beep(present[-1], "onEnter")
        self._connect(present)

    def reconnect(self, seat: Participant) -> None:
        """Let somebody hear everybody in the room from now on."""
        if self.status == "in-progress":
            self._hears(seat, self.present)

    def _connect(self, newcomers: list[Participant]) -> None:
        """Each newcomer hears everybody else from now on, and is heard by them."""
        present = self.present
        for seat in newcomers:
            seat.bridged = True
            if not seat.hold:
                seat.hush()
        for seat in present:
            self._hears(seat, present if seat in newcomers else newcomers)

    def _hears(self, seat: Participant, others: list[Participant]) -> None:
        for other in others:
            if other is not seat and not seat.hold:
                self.world.audio.play(seat.call, "bridge", sid=other.call.sid, conference=self.name)

    # -- going -------------------------------------------------------------------------------------------------

    def leave(self, seat: Participant, why: str, problem: Problem | None = None) -> None:
        """Take somebody out, once; the conference may end with that."""
        if self._seats.get(seat.call.sid) is not seat:
            return
        del self._seats[seat.call.sid]
        self._all_seats.pop(seat.call.sid, None)
        told = {"ParticipantCallStatus": seat.call.status, "ReasonParticipantLeft": _LEFT[why]}
        self.report("participant-leave", seat, **told)
        self.world.log.publish("left", seat.call, {"conference": self.sid, "reason": _LEFT[why]})
        seat.part(problem)
        if self.status == "completed":
            return
        self.updated = self.world.clock.now()
        kept = why == "redirect" and not self.world.switches.redirect_ends_conference
        how = "kicked" if why == "kick" else "left"
        if seat.ends and seat.is_present and not kept:
            self.end(f"participant-with-end-conference-on-exit-{how}", seat)
        elif not self._seats:
            self.end(f"last-participant-{how}", seat)
        else:
            self._beep(seat, "onExit")

    def end(self, reason: str, by: Participant | None = None) -> None:
        """End it for everybody; whose phone still rings is not called any longer."""
        if self.status == "completed":
            return
        self.status, self.reason, self.updated = "completed", reason, self.world.clock.now()
        self.ended_by = by.call.sid if by else None
        if self.announcement:
            self.announcement.cancel()
        for seat in self.participants:
            if not seat.is_present:
                self.world.lifecycle.end(seat.call, "canceled" if seat.call.answered is None else "completed")
            self.leave(seat, "ended" if by else "api")
        if self.recording:
            self.world.recordings.finish(self.recording, self.updated)
        self.report("conference-end", None, **self._ending(by))

    def _ending(self, by: Participant | None) -> dict[str, str]:
        if by is None:
            return {"ReasonConferenceEnded": self.reason or "", "Reason": "Conference ended via API"}
        label = {"ParticipantLabelEndingConference": by.label} if by.label else {}
        what = "left" if self.reason == "last-participant-left" else self.reason or ""
        return {
            "CallSidEndingConference": by.call.sid,
            "ReasonConferenceEnded": self.reason or "",
            "Reason": f"Participant {by.call.sid}: {what}",
        } | label

    def report(self, event: str, about: Participant | None = None, **details: str) -> None:
        """Send the callback for an event, of one participant or of the conference."""
        params = about.parameters() if about else {}
        self._callbacks.report(event, about.call if about else self.founder, params | details)

    # -- sound -------------------------------------------------------------------------------------------------

    def audience(self, seat: Participant) -> Iterable[Participant]:
        """Return who hears what somebody in the room says or presses."""
        if self.status != "in-progress" or seat.muted or seat.hold or not seat.is_present:
            return []
        others = [other for other in self.present if other is not seat and not other.hold]
        return [other for other in others if not seat.coaching or other.call.sid == seat.coached]

    def _beep(self, seat: Participant, when: str) -> None:
        """Let the room hear that somebody comes or goes; before its start nobody is in it."""
        if self.status == "in-progress" and seat.beep in ("true", when):
            for other in self.present:
                if not other.hold:
                    self.world.audio.play(other.call, "beep")


def _participant(call: Call, conference: Conference, terms: ParticipantSettings, now: float) -> Participant:
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


def _flag(value: bool) -> str:
    return str(value).lower()
