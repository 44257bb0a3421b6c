"""The keeper of conferences: no participant stays alone in one with music, just as a Dial ends with its other side.

It keeps only the conferences that commands created. It looks at a conference when nothing has changed in it for a
moment, and only if the registry shows at most one participant who can talk and none on the way. What Twilio then lists
decides; if it lists no one, or an error, the registry does: a conference with one participant has not started, and
Twilio lists no participants for it. Several workers may do so at the same time, because each action is harmless when it
is repeated.
Source: https://www.twilio.com/docs/voice/api/conference-resource
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace

from voice.calls import Call
from voice.conferences.exit import lead_out
from voice.conferences.membership import NAME_PREFIX, Membership, record_join, requested_conference
from voice.conferences.participants import Participant, from_registry, participants_at_twilio
from voice.control.base import call_commands
from voice.control.documents import runs_own_document
from voice.errors import MidcallError, WrongState
from voice.event_kinds import KindName
from voice.events import NewEvent
from voice.scenes.room import room
from voice.services import Services

log = logging.getLogger(__name__)
QUIET_SECONDS = 2.0  # for a participant who moves from one place to another
REPEAT_SECONDS = 30.0  # between two requests to Twilio about a conference in which nothing changes

Participants = frozenset[Participant]


@dataclass
class _Observation:
    """The participants at the last look, and when to ask Twilio about them (on the monotonic clock)."""

    participants: Participants
    due: float


class ConferenceKeeper:
    """Leads lone participants out of conferences, or reconnects them. It remembers only when to look again."""

    def __init__(self, services: Services, clock: Callable[[], float] = time.monotonic):
        self._services = services
        self._clock = clock
        self._observations: dict[str, _Observation] = {}

    def tend(self) -> None:
        """Look once at each conference."""
        conferences = self._conferences()
        self._observations = {name: seen for name, seen in self._observations.items() if name in conferences}
        for name, calls in conferences.items():
            participants = frozenset(map(_as_participant, calls))
            if _is_lonely(participants) and self._is_due(name, participants):
                self._tend(name, calls)

    def _conferences(self) -> dict[str, list[Call]]:
        """The calls of each conference: those in it or dialed for it, and those that have requested its document."""
        store = self._services.registry.conferences
        joined = store.with_name_prefix(NAME_PREFIX)
        found = {name: [call for call in calls if not _is_elsewhere(call)] for name, calls in joined.items()}
        for call in store.requested(room.name):
            name = requested_conference(call) or ""
            has_left = call.room == name and call.in_room is False
            known = [other.call_sid for other in found.get(name, [])]
            if name.startswith(NAME_PREFIX) and not has_left and call.call_sid not in known:
                found.setdefault(name, []).append(call)
        return found

    def _is_due(self, name: str, participants: Participants) -> bool:
        seen, moment = self._observations.get(name), self._clock()
        if seen is None or seen.participants != participants:
            self._observations[name] = _Observation(participants, moment + QUIET_SECONDS)
            return False
        due = seen.due <= moment
        if due:
            seen.due = moment + REPEAT_SECONDS
        return due

    def _tend(self, name: str, calls: list[Call]) -> None:
        """Lead the last one out, or reconnect the parties of a consultation that is over; wait while legs are moved."""
        if any(self._services.registry.commands.is_moving(call.call_sid) for call in calls):
            self._observations[name].due = self._clock() + QUIET_SECONDS
            return
        if any(self._is_held_by_operator(call) for call in calls):
            return
        conference_sid, listed = self._listed(name, calls)
        participants = listed or frozenset(map(_as_participant, filter(self._may_be_inside, calls)))
        if not _is_lonely(participants):
            return
        talkers = [one for one in participants if not one.listens]
        if len(talkers) > 1 and conference_sid:
            self._reconnect(conference_sid, [one for one in talkers if one.on_hold])
        else:
            self._lead_out(name, conference_sid, participants)

    def _listed(self, name: str, calls: list[Call]) -> tuple[str | None, Participants]:
        """The ConferenceSid and the participants that Twilio lists; none if it fails. A lost join is recorded."""
        conference_sid = next((call.conference_sid for call in calls if call.room == name), None)
        with suppress(MidcallError):
            conference_sid = conference_sid or self._services.twilio.conferences.find_open(name)
            if conference_sid is None:
                return None, frozenset()
            listed = frozenset(participants_at_twilio(self._services, conference_sid))
            unknown = {call.call_sid for call in calls if not call.in_room}
            for one in listed:
                if one.has_joined and one.call_sid in unknown:
                    record_join(self._services, Membership(conference_sid, one.call_sid, name))
            return conference_sid, listed
        return conference_sid, frozenset()

    def _may_be_inside(self, call: Call) -> bool:
        """False for a call that has gone on to another document, although no callback reports that it left."""
        return call.scene is None or (call.scene == room.name and runs_own_document(self._services, call))

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

    def _lead_out(self, name: str, conference_sid: str | None, participants: Participants) -> None:
        for one in participants:
            try:
                lead_out(self._services, one.call_sid)
            except WrongState:
                continue  # they have hung up
            except MidcallError as error:
                log.warning("%s cannot be led out of the conference yet: %s", one.call_sid, error.message)
                self._observations[name].due = self._clock() + QUIET_SECONDS
            else:
                self._record("room.ended", conference_sid, one)

    def _record(self, kind: KindName, conference_sid: str | None, participant: Participant) -> None:
        details = {"conference_sid": conference_sid, "why": "the other participants have left"}
        self._services.registry.events.record_patiently(
            NewEvent(kind, "worker", participant.call_sid, details)
        )


def _is_elsewhere(call: Call) -> bool:
    """True for a call that has requested another scene since, although no callback reports that it left."""
    return call.scene not in (None, room.name)


def _as_participant(call: Call) -> Participant:
    """The participant. A call that has requested the conference counts as joined: the callback may be lost."""
    known = from_registry(call)
    return replace(known, has_joined=True) if call.scene == room.name else known


def _is_lonely(participants: Participants) -> bool:
    """True if at most one participant could hear another, and no phone rings for the conference."""
    awake = [one for one in participants if not one.listens and not one.on_hold]
    return len(awake) <= 1 and all(one.has_joined for one in participants)
