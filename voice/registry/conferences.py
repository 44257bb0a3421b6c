"""Rooms as the registry knows them: the calls that are in one, or were dialled for it."""

from __future__ import annotations

from collections import defaultdict

from sqlalchemy import ColumnElement, or_, select

from voice.calls import TERMINAL_RANK, Call
from voice.registry.calls import FIELDS
from voice.registry.engine.database import Database
from voice.registry.schema.calls import calls

_LIVE = (calls.c.status_rank < TERMINAL_RANK) & calls.c.conference_sid.is_not(None)
_THERE = or_(calls.c.in_room.is_(True), calls.c.in_room.is_(None))


class ConferenceStore:
    """Conferences by their ConferenceSid, with the live calls that belong to them."""

    def __init__(self, database: Database):
        self._database = database

    def with_name_prefix(self, prefix: str) -> dict[str, list[Call]]:
        """The rooms whose name begins so; a call that is on its way to one has neither joined nor left it."""
        rooms: dict[str, list[Call]] = defaultdict(list)
        for call in self._found(_THERE, calls.c.room.startswith(prefix, autoescape=True)):
            rooms[call.conference_sid or ""].append(call)
        return dict(rooms)

    def other_participants(self, call: Call) -> list[Call]:
        """Who is in the room with a call; nobody where it is in none."""
        if not call.in_room:
            return []
        same = calls.c.conference_sid == call.conference_sid
        return self._found(same, calls.c.in_room.is_(True), calls.c.call_sid != call.call_sid)

    def left_alone_without(self, call: Call) -> list[Call]:
        """Who would have nobody to talk to in the room without the call: nobody where two others are left."""
        others = self.other_participants(call)
        return [] if sum(not other.listens for other in others) > 1 else others

    def _found(self, *conditions: ColumnElement[bool]) -> list[Call]:
        query = select(*FIELDS).where(_LIVE, *conditions)
        rows = self._database.read(lambda connection: connection.execute(query).all())
        return [Call(**row._mapping) for row in rows]
