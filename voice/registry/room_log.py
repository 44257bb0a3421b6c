"""Rooms as the registry knows them: the calls that are in one, or were dialled for it."""

from __future__ import annotations

from collections import defaultdict

from sqlalchemy import or_, select

from voice.calls import TERMINAL_RANK, Call
from voice.registry.call_log import FIELDS
from voice.registry.database import Database
from voice.registry.schema import calls

_LIVE = (calls.c.status_rank < TERMINAL_RANK) & calls.c.conference_sid.is_not(None)
_THERE = or_(calls.c.in_room.is_(True), calls.c.in_room.is_(None))


class RoomLog:
    """Conferences by their ConferenceSid, with the live calls that belong to them."""

    def __init__(self, database: Database):
        self._database = database

    def with_name(self, prefix: str) -> dict[str, list[Call]]:
        """The rooms whose name begins so; a call that is on its way to one has neither joined nor left it."""
        query = select(*FIELDS).where(_LIVE, _THERE, calls.c.room.startswith(prefix, autoescape=True))
        rooms: dict[str, list[Call]] = defaultdict(list)
        for row in self._database.read(lambda connection: connection.execute(query).all()):
            rooms[row.conference_sid].append(Call(**row._mapping))
        return dict(rooms)
