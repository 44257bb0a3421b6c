"""The keeper of conferences: no participant stays alone in one with music, just as a Dial ends with its other side.

It keeps only the conferences that commands created. It looks at a conference when nothing has changed in it for a
moment, and only if the registry shows at most one participant who can talk and none on the way. What Twilio then
reports decides. Several workers may do so at the same time, because each action is harmless when it is repeated.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from voice.calls import Call
from voice.conferences.membership import NAME_PREFIX
from voice.conferences.participants import Participant, from_registry, list_participants
from voice.control.base import call_commands
from voice.errors import WrongState
from voice.event_kinds import KindName
from voice.events import NewEvent
from voice.services import Services

QUIET_SECONDS = 2.0  # for a participant who moves from one place to another
REPEAT_SECONDS = 30.0  # between two requests to Twilio about a conference in which nothing changes

Participants = frozenset[Participant]


@dataclass
class _Observation:
    """The participants at the last look, and when to ask Twilio about them (on the monotonic clock)."""

    participants: Participants
    due: float


class ConferenceKeeper:
    """Ends or reconnects conferences in which a participant is alone. It remembers only when to look again."""

    def __init__(self, services: Services, clock: Callable[[], float] = time.monotonic):
        self._services = services
        self._clock = clock
        self._observations: dict[str, _Observation] = {}

    def tend(self) -> None:
        """Look once at each conference."""
        conferences = self._services.registry.conferences.with_name_prefix(NAME_PREFIX)
        kept = {sid: seen for sid, seen in self._observations.items() if sid in conferences}
        self._observations = kept
        for conference_sid, calls in conferences.items():
            participants = frozenset(from_registry(call) for call in calls)
            if _is_lonely(participants) and self._is_due(conference_sid, participants):
                self._tend(conference_sid, calls)

    def _is_due(self, conference_sid: str, participants: Participants) -> bool:
        seen, moment = self._observations.get(conference_sid), self._clock()
        if seen is None or seen.participants != participants:
            self._observations[conference_sid] = _Observation(participants, moment + QUIET_SECONDS)
            return False
        due = seen.due <= moment
        if due:
            seen.due = moment + REPEAT_SECONDS
        return due

    def _tend(self, conference_sid: str, calls: list[Call]) -> None:
        """End the conference, or reconnect the parties of a consultation that is over; wait while legs are moved."""
        if any(self._services.registry.commands.is_moving(call.call_sid) for call in calls):
            self._observations[conference_sid].due = self._clock() + QUIET_SECONDS
            return
        if any(self._is_held_by_operator(call) for call in calls):
            return
        participants = frozenset(list_participants(self._services, conference_sid))
        if not participants or not _is_lonely(participants):
            return
        talkers = [one for one in participants if not one.listens]
        if len(talkers) > 1:
            self._reconnect(conference_sid, [one for one in talkers if one.on_hold])
        else:
            self._end(conference_sid, participants)

    def _is_held_by_operator(self, call: Call) -> bool:
        """True for a hold that an operator resumes; the hold of a consultation ends with the consultation."""
        if not from_registry(call).on_hold:
            return False
        kinds = call_commands(self._services.commands)
        holds = [
            kinds[record.command].hold_kind
            for record in self._services.registry.commands.of_call(call.call_sid)
            if record.command in kinds and record.state != "refused" and kinds[record.command].hold_kind
        ]
        return holds[-1:] == ["until_resumed"]

    def _reconnect(self, conference_sid: str, held: list[Participant]) -> None:
        for one in held:
            self._services.twilio.conferences.update_participant(conference_sid, one.call_sid, hold=False)
            self._record("room.connected", conference_sid, one)

    def _end(self, conference_sid: str, participants: Participants) -> None:
        try:
            self._services.twilio.conferences.update(conference_sid, status="completed")
        except WrongState:
            return  # it has ended already
        for one in participants:
            self._record("room.ended", conference_sid, one)

    def _record(self, kind: KindName, conference_sid: str, participant: Participant) -> None:
        details = {"conference_sid": conference_sid, "why": "the other participants have left"}
        self._services.registry.events.record_patiently(
            NewEvent(kind, "worker", participant.call_sid, details)
        )


def _is_lonely(participants: Participants) -> bool:
    """True if at most one participant could hear another, and no phone rings for the conference."""
    awake = [one for one in participants if not one.listens and not one.on_hold]
    return len(awake) <= 1 and all(one.has_joined for one in participants)
