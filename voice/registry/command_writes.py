"""Writes of commands that share a transaction: new commands, and changes of their states."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, select

from voice.events import NewEvent, now
from voice.registry.command_record import COMMAND_FIELDS, CommandRecord
from voice.registry.command_states import LEASE_SECONDS, StateChange, change_states, lock_commands
from voice.registry.engine.sequence import add_events, lock_sequence, take_ids
from voice.registry.schema.commands import commands

_RUNNING = (
    select(commands.c.call_sid)
    .where(commands.c.call_sid.in_(bindparam("call_sids", expanding=True)), commands.c.state == "requested")
    .where(commands.c.requested_at > bindparam("since"))
)
_BY_ID = select(*COMMAND_FIELDS).where(commands.c.id == bindparam("command_id"))


@dataclass(frozen=True)
class NewCommand:
    """A command to insert: its row without the id."""

    row: dict[str, Any]


@dataclass(frozen=True)
class CommandChange:
    """A change of one command's state."""

    command_id: int
    change: StateChange


@dataclass(frozen=True)
class QueuedCommand:
    """An inserted command. `must_wait`: an earlier command of its call is still running."""

    record: CommandRecord
    must_wait: bool


def write_all(connection: Connection, writes: Sequence[NewCommand | CommandChange]) -> list[Any]:
    """Write all of them; a QueuedCommand for each new command, the CommandRecord for each change."""
    lock_sequence(connection)
    changed = iter(_change(connection, [write for write in writes if isinstance(write, CommandChange)]))
    inserted = iter(_insert(connection, [write.row for write in writes if isinstance(write, NewCommand)]))
    return [next(changed if isinstance(write, CommandChange) else inserted) for write in writes]


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


def _insert(connection: Connection, rows: list[dict[str, Any]]) -> list[QueuedCommand]:
    """A command's id is the id of its first event, so the order of ids is the order of commits."""
    if not rows:
        return []
    busy = _running_calls(connection, rows)
    ids = take_ids(connection, len(rows))
    numbered = [{**row, "id": command_id} for row, command_id in zip(rows, ids, strict=True)]
    connection.execute(commands.insert(), numbered)
    add_events(connection, [_requested(row) for row in numbered], ids)
    return [_queued(_record(row), busy) for row in numbered]


def _record(row: dict[str, Any]) -> CommandRecord:
    values: dict[str, Any] = {name: row.get(name) for name in CommandRecord.__dataclass_fields__}
    return CommandRecord(**values)


def _queued(record: CommandRecord, busy: set[str]) -> QueuedCommand:
    if record.call_sid is None:
        return QueuedCommand(record, must_wait=False)
    must_wait = record.call_sid in busy
    busy.add(record.call_sid)
    return QueuedCommand(record, must_wait)


def _running_calls(connection: Connection, rows: list[dict[str, Any]]) -> set[str]:
    """The calls of these rows that a process is executing a command for."""
    call_sids = [row["call_sid"] for row in rows if row["call_sid"]]
    if not call_sids:
        return set()
    since = now() - timedelta(seconds=LEASE_SECONDS)
    return set(connection.execute(_RUNNING, {"call_sids": call_sids, "since": since}).scalars())


def _requested(row: dict[str, Any]) -> NewEvent:
    details = {"command": row["command"], "arguments": row["arguments"]}
    return NewEvent("command.requested", row["operator"], row["call_sid"], details, command_id=row["id"])
