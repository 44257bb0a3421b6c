"""All conferences, by sid and by name."""

from __future__ import annotations

from typing import Protocol

from midcall_emulator.conferences.conference import Conference
from midcall_emulator.conferences.participant import Participant
from midcall_emulator.conferences.participant_settings import ParticipantSettings
from midcall_emulator.conferences.world import ConferenceWorld
from midcall_emulator.core.call_record import Call
from midcall_emulator.core.sids import BySid


class Conferences(BySid[Conference]):
    """All conferences, oldest first; a name belongs to one live conference at most."""

    def __init__(self, world: ConferenceWorld) -> None:
        super().__init__()
        self._world = world
        self._by_name: dict[str, Conference] = {}
        self._joined: dict[str, Participant] = {}

    def named(self, name: str) -> Conference | None:
        """Return the live conference with this name."""
        found = self._by_name.get(name)
        return found if found and found.status != "completed" else None

    def find_or_open(self, name: str, founder: Call, settings: ParticipantSettings) -> Conference:
        """Return the live conference with this name; open one with these settings if there is none."""
        found = self.named(name)
        if found is None:
            found = Conference(self._world, name, founder, settings, self._joined)
            self._by_name[name] = self.add(found)
        return found

    def participant_of(self, call: Call) -> Participant | None:
        """Return the participant that a call currently is, in any conference."""
        return self._joined.get(call.sid)


class HasConferences(Protocol):
    """Offers the conferences."""

    conferences: Conferences
