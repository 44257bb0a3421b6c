"""Commands as they are kept: requested, what Twilio answered, and what Twilio then did.

A state only moves along TRANSITIONS, in one conditional UPDATE: whoever comes late changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, bindparam, or_, select, true, union_all, update
from sqlalchemy.exc import IntegrityError

from voice.events import NewEvent, iso, now
from voice.registry.database import Database
from voice.registry.numbering import add_event, hold, take
from voice.registry.schema import IS_OPEN, command_legs, commands

TRANSITIONS = {
    "accepted": ("requested", "unconfirmed"),
    "confirmed": ("requested", "accepted", "unconfirmed"),
    "refused": ("requested", "unconfirmed"),
    "unconfirmed": ("requested", "accepted", "unconfirmed"),
}
LEASE_SECONDS = 20.0  # longer than any command may take; after that its process is presumed dead


@dataclass(frozen=True)
class CommandRecord:
    """One command: what an operator asked of a call, Twilio's answer, and the outcome. Times are UTC."""

    id: int
    call_sid: str | None
    command: str
    arguments: dict[str, Any]
    operator: str
    state: str
    twilio_code: int | None
    message: str | None
    requested_at: datetime
    finished_at: datetime | None
    error_code: str | None = None
    fingerprint: str | None = None

    def as_json(self) -> dict[str, Any]:
        """The command as the admin API shows it."""
        shown = {name: getattr(self, name) for name in _SHOWN}
        return {**shown, "requested_at": iso(self.requested_at), "finished_at": iso(self.finished_at)}


_SHOWN = ("id", "call_sid", "command", "arguments", "operator", "state", "twilio_code", "message")
_FIELDS = [commands.c[name] for name in CommandRecord.__dataclass_fields__]


def _record(row: Row[Any]) -> CommandRecord:
    return CommandRecord(**row._mapping)


Arrival = tuple[int, str]  # a command's id, and the CallSid that came by it
_MISSING_LEG = (
    select(commands.c.id)
    .join(command_legs, command_legs.c.command_id == commands.c.id)
    .where(command_legs.c.call_sid == bindparam("gone"), ~command_legs.c.arrived)
    .where(commands.c.state != "requested", commands.c.finished_at.is_(None))
)


class CommandLog:
    """The commands of all calls, in the order in which they were recorded: that of their ids."""

    def __init__(self, database: Database):
        self._database = database

    def request(
        self,
        name: str,
        arguments: dict[str, Any],
        operator: str,
        call_sid: str | None,
        key: str | None,
        fingerprint: str,
    ) -> tuple[CommandRecord, bool]:
        """The new command and True; or the one that came with the same key before, and False."""
        row = {
            "call_sid": call_sid,
            "command": name,
            "arguments": arguments,
            "operator": operator,
            "state": "requested",
            "requested_at": now(),
            "idempotency_key": key,
            "fingerprint": fingerprint,
        }
        try:
            return self._database.write_patiently(lambda connection: _insert(connection, row)), True
        except IntegrityError:
            known = self.with_key(operator, key or "")
            if known is None:
                raise
            return known, False

    def get(self, command_id: int) -> CommandRecord | None:
        """The command, or None."""
        query = select(*_FIELDS).where(commands.c.id == command_id)
        row = self._database.read(lambda connection: connection.execute(query).first())
        return _record(row) if row else None

    def with_key(self, operator: str, key: str) -> CommandRecord | None:
        """The command that this operator asked for with the idempotency key, or None."""
        query = select(*_FIELDS).where(commands.c.operator == operator, commands.c.idempotency_key == key)
        row = self._database.read(lambda connection: connection.execute(query).first())
        return _record(row) if row else None

    def of_call(self, call_sid: str) -> list[CommandRecord]:
        """The commands of one call, oldest first."""
        return self._select(select(*_FIELDS).where(commands.c.call_sid == call_sid).order_by(commands.c.id))

    def ahead_of(self, command: CommandRecord) -> bool:
        """True while an earlier command of the same call is being executed by a process that is alive."""
        query = select(commands.c.id).where(
            commands.c.call_sid == command.call_sid,
            commands.c.id < command.id,
            commands.c.state == "requested",
            commands.c.requested_at > now() - timedelta(seconds=LEASE_SECONDS),
        )
        return self._database.read(lambda connection: connection.execute(query).first()) is not None

    def moves(self, command_id: int, call_sids: Iterable[str]) -> None:
        """The other calls that the command is about to move: it is confirmed when they have all arrived."""
        rows = [{"command_id": command_id, "call_sid": call_sid} for call_sid in call_sids]
        if rows:
            self._database.write_patiently(lambda connection: connection.execute(command_legs.insert(), rows))

    def moving(self, call_sid: str) -> bool:
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
            select(*_FIELDS).where(IS_OPEN, abandoned | unsure).order_by(commands.c.id).limit(200)
        )

    def settle(
        self, command: CommandRecord, state: str, message: str | None = None, **answer: Any
    ) -> CommandRecord:
        """Move to `state` where the transitions allow it (see `move`); the command as it then is."""

        def work(connection: Connection) -> None:
            hold(connection)
            move(connection, command.id, state, message, **answer)

        self._database.write_patiently(work)
        return self.get(command.id) or command

    def _select(self, query: Any) -> list[CommandRecord]:
        return [
            _record(row) for row in self._database.read(lambda connection: connection.execute(query).all())
        ]


def _insert(connection: Connection, row: dict[str, Any]) -> CommandRecord:
    """The command's id is the number of its first event, so that the order of ids is that of the commits."""
    command_id = take(connection)
    connection.execute(commands.insert(), {**row, "id": command_id})
    details = {"command": row["command"], "arguments": row["arguments"]}
    event = NewEvent("command.requested", row["operator"], row["call_sid"], details, command_id=command_id)
    add_event(connection, event, command_id)
    return _record(connection.execute(select(*_FIELDS).where(commands.c.id == command_id)).one())


def move(
    connection: Connection, command_id: int, state: str, message: str | None = None, *,
    error_code: str | None = None, twilio_code: int | None = None, call_sid: str | None = None,
    final: bool = True, source: str = "twilio",
) -> bool:  # fmt: skip
    """Move a command on, with its event, in the caller's transaction; False if it may not go there."""
    answer = {"message": message, "error_code": error_code, "twilio_code": twilio_code}
    values = {"state": state, **answer}
    if call_sid:
        values["call_sid"] = call_sid
    statement = (
        update(commands)
        .where(commands.c.id == command_id, commands.c.state.in_(TRANSITIONS[state]))
        .values(**values, finished_at=now() if final else None)
        .returning(commands.c.call_sid)
    )
    row = connection.execute(statement).first()
    if row is None:
        return False
    details = {name: value for name, value in answer.items() if value is not None}
    add_event(connection, NewEvent(f"command.{state}", source, row.call_sid, details, command_id=command_id))
    return True


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
    mine = command_legs.c.command_id == command_id
    arrival = update(command_legs).where(mine, command_legs.c.call_sid == call_sid).values(arrived=true())
    is_leg = connection.execute(arrival).rowcount > 0
    waiting = connection.execute(select(command_legs.c.call_sid).where(mine, ~command_legs.c.arrived)).first()
    if waiting is None:
        move(connection, command_id, "confirmed", call_sid=None if is_leg else call_sid)


def call_ended(connection: Connection, call_sid: str) -> None:
    """The end confirms every `end`, and tells of a redirect on its way that it will not arrive any more."""
    open_ = (commands.c.call_sid == call_sid) & commands.c.finished_at.is_(None)
    for row in connection.execute(
        select(commands.c.id, commands.c.command, commands.c.state).where(open_)
    ).all():
        if row.command == "end":
            move(connection, row.id, "confirmed")
        elif row.state != "requested":  # whoever executes it hears of the end from Twilio
            move(connection, row.id, "unconfirmed", "the call ended before the caller got there")
    for command_id in connection.execute(_MISSING_LEG, {"gone": call_sid}).scalars().all():
        move(connection, command_id, "unconfirmed", "the other party hung up before getting there")
