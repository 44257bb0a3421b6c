"""Arrival: which calls have requested the conference, and which are in it.

Signed webhooks tell both: the request for the document, and the conference's `participant-join`. The participants that
the REST API lists are a second source, as a callback can be lost or late. An empty list or an error proves nothing.
Source: https://www.twilio.com/docs/voice/api/conference-participant-resource
"""

from __future__ import annotations

from contextlib import suppress

from voice.calls import Call
from voice.conferences.membership import Membership, record_join
from voice.control.call_services import CallServices
from voice.errors import MidcallError, WrongState

READ_SECONDS = 1.0  # between two reads of the REST API


class Arrivals:
    """The calls of one command on their way into a conference. `look` reads the registry, and Twilio now and then."""

    def __init__(self, services: CallServices, name: str, command_id: int, calls: list[Call]):
        self._services, self.name, self._command_id = services, name, command_id
        self._calls = calls
        self._requested: set[str] = set()
        self._joined: dict[str, str] = {}  # CallSid to ConferenceSid
        self._read_at = services.clock.now() + READ_SECONDS

    def look(self) -> None:
        """Look once. Raises WrongState if a party has hung up."""
        registry, sids = self._services.registry, [call.call_sid for call in self._calls]
        self._requested |= registry.commands.have_requested(self._command_id, sids)
        for known in registry.calls.get_many(sids).values():
            if not known.live:
                raise WrongState("A party hung up before all were in the conference.")
            if known.in_room and known.room == self.name and known.conference_sid:
                self._joined[known.call_sid] = known.conference_sid
        if self.missing and self._services.clock.now() >= self._read_at:
            self._read()
            self._read_at = self._services.clock.now() + READ_SECONDS

    def has_requested(self, call: Call) -> bool:
        """True for a call that has left its Dial: it has requested the conference."""
        return call.call_sid in self._requested or call.call_sid in self._joined

    @property
    def missing(self) -> list[Call]:
        """The calls that are not known to be in the conference."""
        return [call for call in self._calls if call.call_sid not in self._joined]

    @property
    def have_all_joined(self) -> bool:
        """True if all calls are known to be in the conference."""
        return not self.missing

    def membership(self, call: Call) -> Membership:
        """The membership of a call that has joined."""
        return Membership(self._joined[call.call_sid], call.call_sid, self.name)

    def _read(self) -> None:
        with suppress(MidcallError):
            conferences = self._services.twilio.conferences
            conference_sid = conferences.find_open(self.name)
            if conference_sid is None:
                return
            present = {
                one["call_sid"]
                for one in conferences.participants(conference_sid)
                if one["status"] == "connected"
            }
            for call in self.missing:
                if call.call_sid in present:
                    self._joined[call.call_sid] = conference_sid
                    record_join(self._services, Membership(conference_sid, call.call_sid, self.name))
