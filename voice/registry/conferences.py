"""The store of conferences: the live calls that are in one, or were dialed for it."""

from __future__ import annotations

from collections import defaultdict

from sqlalchemy import ColumnElement, false, func, or_, select

from voice.calls import TERMINAL_RANK, Call
from voice.registry.call_query import CALL_FIELDS
from voice.registry.engine.database import Database
from voice.registry.schema.calls import calls

_IS_LIVE = (calls.c.status_rank < TERMINAL_RANK) & calls.c.conference_sid.is_not(None)
_HAS_NOT_LEFT = or_(calls.c.in_room.is_(True), calls.c.in_room.is_(None))


class ConferenceStore:
    """Conferences by their ConferenceSid, with the live calls that belong to them."""

    def __init__(self, database: Database):
        self._database = database

    def with_name_prefix(self, prefix: str) -> dict[str, list[Call]]:
        """The conferences whose name has this prefix, by name. A call dialed for one has neither joined nor left."""
        found: dict[str, list[Call]] = defaultdict(list)
        for call in self._calls(_HAS_NOT_LEFT, calls.c.room.startswith(prefix, autoescape=True)):
            found[call.room or ""].append(call)
        return dict(found)

    def other_participants(self, call: Call) -> list[Call]:
        """The other calls in this call's conference; none if it is in no conference."""
        found = self.participants(call.conference_sid or "") if call.in_room else []
        return [other for other in found if other.call_sid != call.call_sid]

    def participants(self, conference_sid: str) -> list[Call]:
        """The calls that have joined the conference and have not left."""
        return self._calls(calls.c.conference_sid == conference_sid, calls.c.in_room.is_(True))

    def requested(self, scene: str) -> list[Call]:
        """The live calls whose last document is that of a conference, and that are in none by the callbacks."""
        is_absent = func.coalesce(calls.c.in_room, false()).is_(False)
        is_live = calls.c.status_rank < TERMINAL_RANK
        query = select(*CALL_FIELDS).where(is_live, calls.c.scene == scene, is_absent)
        return self._database.fetch_all(Call, query)

    def left_alone_without(self, call: Call) -> list[Call]:
        """The participants who would have no one to talk to without this call: none if two others remain."""
        others = self.other_participants(call)
        return [] if sum(not other.listens for other in others) > 1 else others

    def _calls(self, *conditions: ColumnElement[bool]) -> list[Call]:
        return self._database.fetch_all(Call, select(*CALL_FIELDS).where(_IS_LIVE, *conditions))
