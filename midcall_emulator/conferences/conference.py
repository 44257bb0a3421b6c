"""A conference: its participants, its start and its end (https://www.twilio.com/docs/voice/twiml/conference)."""

from __future__ import annotations

import asyncio

from midcall_emulator.conferences.callbacks import ConferenceCallbacks
from midcall_emulator.conferences.hearing import audience_of, connect, play_bridges, play_to
from midcall_emulator.conferences.participant import Participant
from midcall_emulator.conferences.participant_settings import ParticipantSettings
from midcall_emulator.conferences.reasons import REASONS_LEFT, end_parameters
from midcall_emulator.conferences.world import ConferenceWorld
from midcall_emulator.core.call_record import Call
from midcall_emulator.core.history import History
from midcall_emulator.core.outcomes import Problem
from midcall_emulator.core.sids import new_sid
from midcall_emulator.media.recording import Recording

_BUSY_TONES = frozenset({"busy", "failed"})


class Conference:
    """A conference from its first participant to its last; the first one's settings apply to the conference."""

    def __init__(
        self,
        world: ConferenceWorld,
        name: str,
        founder: Call,
        settings: ParticipantSettings,
        joined: dict[str, Participant],
    ) -> None:
        """``joined`` holds the participants of all conferences by CallSid; this one adds its own to it."""
        self.world, self.name, self.founder = world, name, founder
        self.sid, self.region = new_sid("CF"), settings.region
        self.created = self.updated = world.clock.now()
        self.reason: str | None = None
        self.ended_by: str | None = None
        self.announcement: asyncio.Task[None] | None = None
        self.recording: Recording | None = None
        self._settings = settings
        self._callbacks = ConferenceCallbacks(world, self.sid, name, settings.callback)
        self._participants: dict[str, Participant] = {}
        self._joined = joined
        self._statuses: History[str] = History()
        self._listed: History[tuple[Participant, ...]] = History()
        self._enter("init")

    @property
    def participants(self) -> list[Participant]:
        """The participants who have joined or are dialed, oldest first."""
        return list(self._participants.values())

    @property
    def present(self) -> list[Participant]:
        """The participants who have joined."""
        return [one for one in self._participants.values() if one.is_present]

    def status_as_of(self, lag_seconds: float) -> str | None:
        """Return the status of ``lag_seconds`` real seconds ago, None before the conference."""
        return self._statuses.as_of(lag_seconds) if lag_seconds > 0 else self.status

    def participants_as_of(self, lag_seconds: float) -> list[Participant]:
        """Return the participants of ``lag_seconds`` real seconds ago, oldest first."""
        return list(self._listed.as_of(lag_seconds) or ()) if lag_seconds > 0 else self.participants

    def participant(self, key: str) -> Participant | None:
        """Return the participant with this CallSid or label."""
        labeled = (one for one in self._participants.values() if key and one.label == key)
        return self._participants.get(key) or next(labeled, None)

    # -- start -------------------------------------------------------------------------------------------------

    def expect(self, call: Call, settings: ParticipantSettings) -> Participant:
        """Add a participant whose call is still dialed."""
        participant = Participant.expected(call, self, settings, self.world.clock.now())
        self._participants[call.sid] = participant
        self._listed.note(tuple(self._participants.values()))
        return participant

    def ring(self, participant: Participant) -> None:
        """Let a participant join whose phone still rings, so that the others hear it ring: EarlyMedia
        (https://www.twilio.com/docs/voice/api/conference-participant-resource)."""
        participant.is_early = True
        self.report("participant-join", participant)
        self.start_if_due()
        play_to(self.world.audio, self.present, "ringback")

    def join(self, call: Call, settings: ParticipantSettings) -> Participant:
        """Let a call join; the settings of an expected call are those with which it was expected."""
        participant = self._participants.get(call.sid) or self.expect(call, settings)
        participant.leaving = asyncio.get_running_loop().create_future()
        self._joined[call.sid] = participant
        self.world.log.publish("joined", call, {"conference": self.sid, "name": self.name})
        participant.note()
        if not participant.is_early:
            self.report("participant-join", participant)
        if self.status == "init":
            self.start_if_due()
        else:
            self._beep(participant, "onEnter")
            connect(self.world.audio, self.name, [participant], self.present)
        return participant

    def start_if_due(self) -> None:
        """Start with the second participant, if one of them may start the conference."""
        joined = [one for one in self.participants if one.is_present or one.is_early]
        if self.status != "init" or len(joined) < 2 or not any(one.starts for one in joined):
            return
        self._enter("in-progress")
        self.report("conference-start")
        if self._settings.record:
            callback = self._settings.recording_callback
            self.recording = self.world.recordings.start(self.founder, "Conference", callback)
            self.recording.conference_sid = self.sid
        self._beep(joined[-1], "onEnter")
        connect(self.world.audio, self.name, self.present, self.present)

    # -- end ---------------------------------------------------------------------------------------------------

    def leave(self, participant: Participant, reason: str, problem: Problem | None = None) -> None:
        """Remove a participant; a second call has no effect. The conference may end with that."""
        if self._participants.get(participant.call.sid) is not participant:
            return
        self._remove(participant, REASONS_LEFT[reason])
        participant.release(problem)
        if self.status == "completed":
            return
        self.updated = self.world.clock.now()
        stays_open = reason == "redirect" and not self.world.switches.redirect_ends_conference
        how = "kicked" if reason == "kick" else "left"
        if participant.ends and participant.is_present and not stays_open:
            self.end(f"participant-with-end-conference-on-exit-{how}", participant)
        elif not self._participants:
            self.end(f"last-participant-{how}", participant)
        else:
            self._beep(participant, "onExit")

    def _remove(self, participant: Participant, reason: str) -> None:
        del self._participants[participant.call.sid]
        self._listed.note(tuple(self._participants.values()))
        self._joined.pop(participant.call.sid, None)
        params = {"ParticipantCallStatus": participant.call.status, "ReasonParticipantLeft": reason}
        self.report("participant-leave", participant, **params)
        self.world.log.publish("left", participant.call, {"conference": self.sid, "reason": reason})
        if participant.is_early and not participant.is_present and participant.call.status in _BUSY_TONES:
            play_to(self.world.audio, self.present, "busy")

    def end(self, reason: str, by: Participant | None = None) -> None:
        """Remove all participants; those who are still dialed are canceled. ``by`` is None if REST ends it."""
        if self.status == "completed":
            return
        self._enter("completed")
        self.reason = reason
        self.ended_by = by.call.sid if by else None
        if self.announcement:
            self.announcement.cancel()
        for participant in self.participants:
            if not participant.is_present:
                status = "canceled" if participant.call.answered is None else "completed"
                self.world.lifecycle.end(participant.call, status)
            self.leave(participant, "ended" if by else "api")
        if self.recording:
            self.world.recordings.finish(self.recording, self.updated)
        self.report("conference-end", None, **end_parameters(reason, by))

    # -- audio and callbacks -----------------------------------------------------------------------------------

    def reconnect(self, participant: Participant) -> None:
        """Let a participant hear all others from now on."""
        if self.status == "in-progress":
            play_bridges(self.world.audio, self.name, participant, self.present)

    def audience(self, participant: Participant) -> list[Participant]:
        """Return who hears a participant; before the start no participant is heard."""
        return audience_of(participant, self.present) if self.status == "in-progress" else []

    def report(self, event: str, participant: Participant | None = None, **details: str) -> None:
        """Send the status callback of an event, about one participant or about the conference."""
        params = participant.parameters() if participant else {}
        self._callbacks.report(event, participant.call if participant else self.founder, params | details)

    def _beep(self, participant: Participant, event: str) -> None:
        """Play a beep to the conference, if the participant's settings ask for it at this event."""
        if self.status == "in-progress" and participant.beep in ("true", event):
            play_to(self.world.audio, self.present, "beep")

    def _enter(self, status: str) -> None:
        self.status, self.updated = status, self.world.clock.now()
        self._statuses.note(status)
