"""Commands as they are kept: requested, what Twilio answered, and what Twilio then did."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, func, or_, select, true, union_all, update
from sqlalchemy.exc import IntegrityError

from voice.calls import NOT_REACHED
from voice.events import now
from voice.registry.command_record import COMMAND_FIELDS, CommandRecord, command_record
from voice.registry.command_states import LEASE_SECONDS, Asked, Requested, Settled, advance, write_all
from voice.registry.engine.database import Database
from voice.registry.engine.group_commit import Group, GroupCommit
from voice.registry.engine.sequence import add_events
from voice.registry.schema.commands import IS_OPEN, command_legs, commands

Arrival = tuple[int, str]  # a command's id, and the CallSid that came by it
MOST_AT_ONCE = 20  # commands in one transaction: a webhook may be waiting for the lock
UNDIALED_LEG = "to come"  # stands for the CallSid of a leg that is yet to be dialled
ANNOUNCEMENT = "announcement"  # stands for a leg: all have heard what was announced to them
_MISSING_LEG = (
    select(commands.c.id)
    .join(command_legs, command_legs.c.command_id == commands.c.id)
    .where(command_legs.c.call_sid == bindparam("gone"), ~command_legs.c.arrived)
    .where(commands.c.finished_at.is_(None))
)


class CommandStore:
    """The commands of all calls, in the order in which they were recorded: that of their ids."""

    def __init__(self, database: Database):
        self._database = database
        self._together = GroupCommit(self._write_all, one_at_a_time=True, most=MOST_AT_ONCE)

    def request(
        self,
        name: str,
        arguments: dict[str, Any],
        operator: str,
        call_sid: str | None,
        key: str | None,
        fingerprint: str,
        proof: str | None = None,
    ) -> Requested | CommandRecord:
        """The new command, as it was requested; or the one that came with the same key before."""
        row = {
            "call_sid": call_sid,
            "command": name,
            "arguments": arguments,
            "operator": operator,
            "state": "requested",
            "requested_at": now(),
            "idempotency_key": key,
            "fingerprint": fingerprint,
            "proof": proof,
        }
        try:
            return self._together.submit(Asked(row))
        except IntegrityError:
            known = self.with_idempotency_key(operator, key or "")
            if known is None:
                raise
            return known

    def get(self, command_id: int) -> CommandRecord | None:
        """The command, or None."""
        query = select(*COMMAND_FIELDS).where(commands.c.id == command_id)
        row = self._database.read(lambda connection: connection.execute(query).first())
        return command_record(row) if row else None

    def with_idempotency_key(self, operator: str, key: str) -> CommandRecord | None:
        """The command that this operator asked for with the idempotency key, or None."""
        query = select(*COMMAND_FIELDS).where(
            commands.c.operator == operator, commands.c.idempotency_key == key
        )
        row = self._database.read(lambda connection: connection.execute(query).first())
        return command_record(row) if row else None

    def of_call(self, call_sid: str) -> list[CommandRecord]:
        """The commands of one call, oldest first."""
        return self._select(
            select(*COMMAND_FIELDS).where(commands.c.call_sid == call_sid).order_by(commands.c.id)
        )

    def newest_by_call(self, call_sids: Collection[str]) -> dict[str, CommandRecord]:
        """The newest command of each call, by CallSid; one that moves several calls counts for each."""
        asked = select(commands.c.call_sid, commands.c.id).where(commands.c.call_sid.in_(call_sids))
        moved = select(command_legs.c.call_sid, command_legs.c.command_id)
        both = asked.union_all(moved.where(command_legs.c.call_sid.in_(call_sids))).subquery()
        newest = select(both.c.call_sid.label("of"), func.max(both.c.id).label("newest"))
        last = newest.group_by(both.c.call_sid).subquery()
        query = select(last.c["of"], *COMMAND_FIELDS).join(commands, last.c.newest == commands.c.id)
        rows = self._database.read(lambda connection: connection.execute(query).all())
        return {row[0]: CommandRecord(*row[1:]) for row in rows}

    def has_earlier_running(self, command: CommandRecord) -> bool:
        """True while an earlier command of the same call is being executed by a process that is alive."""
        query = select(commands.c.id).where(
            commands.c.call_sid == command.call_sid,
            commands.c.id < command.id,
            commands.c.state == "requested",
            commands.c.requested_at > now() - timedelta(seconds=LEASE_SECONDS),
        )
        return self._database.read(lambda connection: connection.execute(query).first()) is not None

    def expect_legs(self, command_id: int, call_sids: Iterable[str]) -> None:
        """The other calls that the command is about to move: it is confirmed when they have all arrived."""
        rows = [{"command_id": command_id, "call_sid": call_sid} for call_sid in call_sids]
        if rows:
            self._database.write_patiently(lambda connection: connection.execute(command_legs.insert(), rows))

    def set_leg_call_sid(self, command_id: int, call_sid: str) -> None:
        """The leg that was yet to be dialled has a CallSid."""
        mine = (command_legs.c.command_id == command_id) & (command_legs.c.call_sid == UNDIALED_LEG)
        known = update(command_legs).where(mine).values(call_sid=call_sid)
        self._database.write_patiently(lambda connection: connection.execute(known))

    def is_moving(self, call_sid: str) -> bool:
        """True while a command that is not done yet moves the call together with a leg that it talks to."""
        query = (
            select(commands.c.id)
            .join(command_legs, command_legs.c.command_id == commands.c.id)
            .where(IS_OPEN, commands.c.requested_at > now() - timedelta(seconds=LEASE_SECONDS))
            .where(or_(commands.c.call_sid == call_sid, command_legs.c.call_sid == call_sid))
        )
        return self._database.read(lambda connection: connection.execute(query).first()) is not None

    def unsettled(self) -> list[CommandRecord]:
        """Commands without an outcome that nobody is working on any more, oldest first."""
        abandoned = (commands.c.state == "requested") & (
            commands.c.requested_at < now() - timedelta(seconds=LEASE_SECONDS)
        )
        unsure = (commands.c.state == "unconfirmed") & commands.c.finished_at.is_(None)
        return self._select(
            select(*COMMAND_FIELDS).where(IS_OPEN, abandoned | unsure).order_by(commands.c.id).limit(200)
        )

    def due_for_read_back(self, read_back_after: timedelta, overdue_after: timedelta) -> list[CommandRecord]:
        """Commands that Twilio said yes to and that nothing has settled: those that are read back, and overdue ones."""
        age = commands.c.requested_at
        unseen = (commands.c.proof == "none") & (age < now() - read_back_after)
        due = (commands.c.state == "accepted") & or_(unseen, age < now() - overdue_after)
        return self._select(select(*COMMAND_FIELDS).where(IS_OPEN, due).order_by(commands.c.id).limit(200))

    def settle(
        self, command: CommandRecord, state: str, message: str | None = None, **answer: Any
    ) -> CommandRecord:
        """Move to `state` where the transitions allow it (see `advance`); the command as it then is."""
        return self._together.submit(Settled(command.id, state, message, answer))

    def _write_all(self, writes: Group[Asked | Settled]) -> list[Any]:
        return self._database.write_patiently(lambda connection: write_all(connection, writes()))

    def _select(self, query: Any) -> list[CommandRecord]:
        return [
            command_record(row)
            for row in self._database.read(lambda connection: connection.execute(query).all())
        ]


def move(
    connection: Connection, command_id: int, state: str, message: str | None = None, **answer: Any
) -> None:
    """Move a command on, with its event, in the caller's transaction; nothing if it may not go there."""
    moved = advance(connection, command_id, state, message, **answer)
    if moved:
        add_events(connection, [moved[1]])


def belonging(connection: Connection, arrived: Iterable[Arrival]) -> set[Arrival]:
    """Of the commands and calls that webhooks came by, those that were meant for each other.

    A dialled call may be known by its webhook before Twilio's answer to the command was read.
    """
    wanted = {command_id for command_id, _ in arrived}
    if not wanted:
        return set()
    own = select(commands.c.id, commands.c.call_sid).where(commands.c.id.in_(wanted))
    legs = select(command_legs.c.command_id, command_legs.c.call_sid).where(
        command_legs.c.command_id.in_(wanted)
    )
    meant = {(row[0], row[1]) for row in connection.execute(union_all(own, legs))}
    return {arrival for arrival in arrived if arrival in meant or (arrival[0], None) in meant}


def arrive(connection: Connection, command_id: int, call_sid: str) -> None:
    """Twilio came for what the command asked for: that is the confirmation, once all its legs have arrived."""
    is_leg = _leg_arrived(connection, command_id, call_sid)
    if not _is_waiting(connection, command_id):
        move(connection, command_id, "confirmed", call_sid=None if is_leg else call_sid)


def announced(connection: Connection, command_id: int, failed: str | None) -> None:
    """A room's callback about an announcement: it was heard to its end, or could not be."""
    if failed is not None:
        move(connection, command_id, "unconfirmed", f"The announcement failed: {failed}")
    elif _leg_arrived(connection, command_id, ANNOUNCEMENT) and not _is_waiting(connection, command_id):
        move(connection, command_id, "confirmed")


def _leg_arrived(connection: Connection, command_id: int, call_sid: str) -> bool:
    leg = (command_legs.c.command_id == command_id) & (command_legs.c.call_sid == call_sid)
    return connection.execute(update(command_legs).where(leg).values(arrived=true())).rowcount > 0


def _is_waiting(connection: Connection, command_id: int) -> bool:
    missing = (command_legs.c.command_id == command_id) & ~command_legs.c.arrived
    return connection.execute(select(command_legs.c.call_sid).where(missing)).first() is not None


def call_ended(connection: Connection, call_sid: str, status: str) -> None:
    """The end of a call confirms the commands with the proof `end`; a redirect on its way cannot arrive any more."""
    open_ = (commands.c.call_sid == call_sid) & commands.c.finished_at.is_(None)
    tells = (
        func.coalesce(commands.c.proof, "") != "none"
    )  # of the others Twilio's own notes tell, also afterwards
    for row in connection.execute(
        select(commands.c.id, commands.c.proof, commands.c.state).where(open_, tells)
    ).all():
        if row.proof == "end":
            move(connection, row.id, "confirmed")
        elif row.state != "requested":  # whoever executes it hears of the end from Twilio
            move(connection, row.id, "unconfirmed", "The call ended before the caller got there.")
    for command_id in connection.execute(_MISSING_LEG, {"gone": call_sid}).scalars().all():
        told = NOT_REACHED.get(status, "The other party hung up before they joined.")
        move(connection, command_id, "unconfirmed", told)
