"""The store of conferences: the live calls that are in one, or were dialed for it."""

from __future__ import annotations

from collections import defaultdict

from sqlalchemy import ColumnElement, or_, select

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
        """The conferences whose name has this prefix. A call that was dialed for one has neither joined nor left."""
        found: dict[str, list[Call]] = defaultdict(list)
        for call in self._calls(_HAS_NOT_LEFT, calls.c.room.startswith(prefix, autoescape=True)):
            found[call.conference_sid or ""].append(call)
        return dict(found)

    def other_participants(self, call: Call) -> list[Call]:
        """The other calls in this call's conference; none if it is in no conference."""
        if not call.in_room:
            return []
        same = calls.c.conference_sid == call.conference_sid
        return self._calls(same, calls.c.in_room.is_(True), calls.c.call_sid != call.call_sid)

    def left_alone_without(self, call: Call) -> list[Call]:
        """The participants who would have no one to talk to without this call: none if two others remain."""
        others = self.other_participants(call)
        return [] if sum(not other.listens for other in others) > 1 else others

    def _calls(self, *conditions: ColumnElement[bool]) -> list[Call]:
        return self._database.fetch_all(Call, select(*CALL_FIELDS).where(_IS_LIVE, *conditions))
