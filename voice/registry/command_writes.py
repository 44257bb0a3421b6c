"""Writes of commands that share a transaction: new commands, and changes of their states."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, bindparam, select

from voice.errors import ClaimLost
from voice.events import NewEvent
from voice.registry.claims import Claim, lost_claims
from voice.registry.command_claims import FIRST_FENCE, LEASE_SECONDS, Moment, running_calls, take_turn
from voice.registry.command_record import COMMAND_FIELDS, CommandRecord
from voice.registry.command_states import StateChange, change_states, lock_commands
from voice.registry.engine.clock import database_time
from voice.registry.engine.sequence import add_events, lock_sequence, take_ids
from voice.registry.schema.commands import commands

_INSERT_WAITING = commands.insert().values(claimed_until=database_time(LEASE_SECONDS))
_INSERT = _INSERT_WAITING.values(sent_at=database_time())
CLAIM_LOST = "Another worker has taken over. Twilio was not asked."
_BY_ID = select(*COMMAND_FIELDS).where(commands.c.id == bindparam("command_id"))


@dataclass(frozen=True)
class NewCommand:
    """A command to insert: its row without the id, and the claim under which it may be inserted, if there is one."""

    row: dict[str, Any]
    claim: Claim | None = None


@dataclass(frozen=True)
class CommandChange:
    """A change of one command's state."""

    command_id: int
    change: StateChange


@dataclass(frozen=True)
class Turn:
    """The turn of a command that waited for an earlier one of its call."""

    command_id: int


@dataclass(frozen=True)
class QueuedCommand:
    """An inserted command. `must_wait`: an earlier command of its call is still running.

    `since` is a moment before the command was claimed.
    """

    record: CommandRecord
    must_wait: bool
    since: Moment = field(default_factory=Moment.now)


def write_all(connection: Connection, writes: Sequence[NewCommand | CommandChange | Turn]) -> list[Any]:
    """Write all of them.

    A QueuedCommand or ClaimLost for each new command, the CommandRecord for each change, and for each turn whether it
    is taken.
    """
    lock_sequence(connection)
    changed = iter(_change(connection, [write for write in writes if isinstance(write, CommandChange)]))
    inserted = iter(_insert(connection, [write for write in writes if isinstance(write, NewCommand)]))
    return [
        take_turn(connection, write.command_id)
        if isinstance(write, Turn)
        else next(changed if isinstance(write, CommandChange) else inserted)
        for write in writes
    ]


def _change(connection: Connection, writes: list[CommandChange]) -> list[CommandRecord]:
    """One statement for all commands that make the same change."""
    lock_commands(connection, {write.command_id for write in writes})
    groups: dict[StateChange, list[int]] = {}
    for write in writes:
        groups.setdefault(write.change, []).append(write.command_id)
    moved = [pair for change, ids in groups.items() for pair in change_states(connection, ids, change)]
    add_events(connection, [event for _, event in moved])
    records = {record.id: record for record, _ in moved}
    return [records.get(write.command_id) or _current(connection, write.command_id) for write in writes]


def _current(connection: Connection, command_id: int) -> CommandRecord:
    return CommandRecord(**connection.execute(_BY_ID, {"command_id": command_id}).one()._mapping)


def _insert(connection: Connection, new: list[NewCommand]) -> Iterator[QueuedCommand | ClaimLost]:
    """A command's id is the id of its first event, so the order of ids is the order of commits."""
    lost = lost_claims(connection, [one.claim for one in new if one.claim])
    rows = [one.row for one in new if one.claim not in lost]
    queued = iter(_queue(connection, rows) if rows else [])
    return (ClaimLost(CLAIM_LOST) if one.claim in lost else next(queued) for one in new)


def _queue(connection: Connection, rows: list[dict[str, Any]]) -> list[QueuedCommand]:
    call_sids = [row["call_sid"] for row in rows if row["call_sid"]]
    ids = take_ids(connection, len(rows))
    busy = running_calls(connection, call_sids, before=ids[0])
    numbered = [
        {**row, "id": command_id, "fence": FIRST_FENCE} for row, command_id in zip(rows, ids, strict=True)
    ]
    queued = [_queued(_record(row), busy) for row in numbered]
    for statement, waits in ((_INSERT, False), (_INSERT_WAITING, True)):
        some = [row for row, one in zip(numbered, queued, strict=True) if one.must_wait == waits]
        if some:
            connection.execute(statement, some)
    add_events(connection, [_requested(row) for row in numbered], ids)
    return queued


def _record(row: dict[str, Any]) -> CommandRecord:
    values: dict[str, Any] = {name: row.get(name) for name in CommandRecord.__dataclass_fields__}
    return CommandRecord(**values)


def _queued(record: CommandRecord, busy: set[str]) -> QueuedCommand:
    if record.call_sid is None:
        return QueuedCommand(record, must_wait=False)
    must_wait = record.call_sid in busy
    busy.add(record.call_sid)
    return QueuedCommand(record, must_wait)


def _requested(row: dict[str, Any]) -> NewEvent:
    details = {"command": row["command"], "arguments": row["arguments"]}
    return NewEvent("command.requested", row["operator"], row["call_sid"], details, command_id=row["id"])
