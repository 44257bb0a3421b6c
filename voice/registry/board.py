"""What is shown of many calls at once: the command that was last asked for each."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import func, select

from voice.registry.command_record import COMMAND_FIELDS, CommandRecord
from voice.registry.engine.database import Database
from voice.registry.schema.commands import command_legs, commands


class Board:
    """What was last asked of calls."""

    def __init__(self, database: Database):
        self._database = database

    def newest_commands(self, call_sids: Collection[str]) -> dict[str, CommandRecord]:
        """The newest command of each call, by CallSid; one that moves several calls counts for each."""
        asked = select(commands.c.call_sid, commands.c.id).where(commands.c.call_sid.in_(call_sids))
        moved = select(command_legs.c.call_sid, command_legs.c.command_id)
        both = asked.union_all(moved.where(command_legs.c.call_sid.in_(call_sids))).subquery()
        newest = select(both.c.call_sid.label("of"), func.max(both.c.id).label("newest"))
        last = newest.group_by(both.c.call_sid).subquery()
        query = select(last.c["of"], *COMMAND_FIELDS).join(commands, last.c.newest == commands.c.id)
        rows = self._database.read(lambda connection: connection.execute(query).all())
        return {row[0]: CommandRecord(*row[1:]) for row in rows}
