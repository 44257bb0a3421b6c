"""Commands that are asked for or settled at the same moment: one transaction, one take of numbers for all.

A state only moves along TRANSITIONS, in one conditional UPDATE: whoever comes late changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from voice.event_kinds import COMMAND_EVENTS
from voice.events import NewEvent, now
from voice.registry.command_record import COMMAND_FIELDS, CommandRecord, command_record
from voice.registry.engine.sequence import add_events, hold, take
from voice.registry.schema.commands import commands

TRANSITIONS = {
    "accepted": ("requested", "unconfirmed"),
    "confirmed": ("requested", "accepted", "unconfirmed"),
    "refused": ("requested", "unconfirmed"),
    "unconfirmed": ("requested", "accepted", "unconfirmed"),
}
LEASE_SECONDS = 20.0  # longer than any command may take; after that its process is presumed dead
_UNDER_WAY = (
    select(commands.c.call_sid)
    .where(commands.c.call_sid.in_(bindparam("call_sids", expanding=True)), commands.c.state == "requested")
    .where(commands.c.requested_at > bindparam("since"))
)
_BY_ID = select(*COMMAND_FIELDS).where(commands.c.id == bindparam("command_id"))


@dataclass(frozen=True)
class Asked:
    """A command that somebody asks for: a row without its id."""

    row: dict[str, Any]


@dataclass(frozen=True)
class Settled:
    """A state that a command reached, with what `advance` takes beside it."""

    command_id: int
    state: str
    message: str | None = None
    answer: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Requested:
    """A new command, and whether an earlier one of its call is under way and has to be waited for."""

    record: CommandRecord
    must_wait: bool


def write_all(connection: Connection, writes: Sequence[Asked | Settled]) -> list[Any]:
    """A CommandRecord for each Settled, as it then is; a Requested for each Asked."""
    hold(connection)
    settled = iter(_settle(connection, [write for write in writes if isinstance(write, Settled)]))
    requested = iter(_ask(connection, [write.row for write in writes if isinstance(write, Asked)]))
    return [next(settled if isinstance(write, Settled) else requested) for write in writes]


def _settle(connection: Connection, writes: list[Settled]) -> list[CommandRecord]:
    """Those that say the same in one statement."""
    alike: dict[str, list[Settled]] = {}
    for write in writes:
        alike.setdefault(repr((write.state, write.message, sorted(write.answer.items()))), []).append(write)
    moved = [_advance_all(connection, some) for some in alike.values()]
    add_events(connection, [event for some in moved for _, event in some])
    records = {record.id: record for some in moved for record, _ in some}
    return [records.get(write.command_id) or _current(connection, write.command_id) for write in writes]


def _advance_all(connection: Connection, alike: list[Settled]) -> list[tuple[CommandRecord, NewEvent]]:
    ids, first = [write.command_id for write in alike], alike[0]
    return advance_all(connection, ids, first.state, first.message, **first.answer)


def _current(connection: Connection, command_id: int) -> CommandRecord:
    return command_record(connection.execute(_BY_ID, {"command_id": command_id}).one())


def _ask(connection: Connection, rows: list[dict[str, Any]]) -> list[Requested]:
    """A command's id is the number of its first event, so that the order of ids is that of the commits."""
    if not rows:
        return []
    busy = _under_way(connection, rows)
    first = take(connection, len(rows))
    numbered = [{**row, "id": first + place} for place, row in enumerate(rows)]
    connection.execute(commands.insert(), numbered)
    add_events(connection, [_requested(row) for row in numbered], first)
    return [_in_turn(_new(row), busy) for row in numbered]


def _new(row: dict[str, Any]) -> CommandRecord:
    return CommandRecord(**{name: row.get(name) for name in CommandRecord.__dataclass_fields__})  # type: ignore[arg-type]


def _in_turn(record: CommandRecord, busy: set[str | None]) -> Requested:
    must_wait = record.call_sid in busy
    if record.call_sid:
        busy.add(record.call_sid)
    return Requested(record, must_wait)


def _under_way(connection: Connection, rows: list[dict[str, Any]]) -> set[str | None]:
    call_sids = [row["call_sid"] for row in rows if row["call_sid"]]
    since = now() - timedelta(seconds=LEASE_SECONDS)
    found = connection.execute(_UNDER_WAY, {"call_sids": call_sids, "since": since}) if call_sids else None
    return set(found.scalars()) if found else set()


def _requested(row: dict[str, Any]) -> NewEvent:
    details = {"command": row["command"], "arguments": row["arguments"]}
    return NewEvent("command.requested", row["operator"], row["call_sid"], details, command_id=row["id"])


def advance(
    connection: Connection, command_id: int, state: str, message: str | None = None, **answer: Any
) -> tuple[CommandRecord, NewEvent] | None:
    """Move a command on (see `advance_all`); how it then is, and its event. None if it may not go there."""
    return next(iter(advance_all(connection, [command_id], state, message, **answer)), None)


def advance_all(
    connection: Connection, command_ids: Sequence[int], state: str, message: str | None = None, *,
    error_code: str | None = None, twilio_code: int | None = None, call_sid: str | None = None,
    final: bool = True, source: str = "twilio",
) -> list[tuple[CommandRecord, NewEvent]]:  # fmt: skip
    """Move on those of the commands that may go there; how they then are, and the events to be recorded."""
    answer = {"message": message, "error_code": error_code, "twilio_code": twilio_code}
    values = {
        **answer,
        "finished_at": now() if final else None,
        **({"call_sid": call_sid} if call_sid else {}),
    }
    given = {f"new_{name}": value for name, value in values.items()}
    rows = connection.execute(_update(state, tuple(values)), {"moved_ids": list(command_ids), **given}).all()
    details = {name: value for name, value in answer.items() if value is not None}
    records = sorted((command_record(row) for row in rows), key=lambda record: record.id)
    return [(one, _moved(one, source, details)) for one in records]


def _moved(record: CommandRecord, source: str, details: dict[str, Any]) -> NewEvent:
    return NewEvent(COMMAND_EVENTS[record.state], source, record.call_sid, details, command_id=record.id)


@cache
def _update(state: str, names: tuple[str, ...]) -> Any:
    moved: Any = commands.c.id.in_(bindparam("moved_ids", expanding=True))
    if state == "accepted":  # Twilio's yes may be noted after what came of it
        moved &= commands.c.finished_at.is_(None)
    values: dict[str, Any] = {name: bindparam(f"new_{name}") for name in names}
    return (
        update(commands)
        .where(moved, commands.c.state.in_(TRANSITIONS[state]))
        .values(state=state, **values)
        .returning(*COMMAND_FIELDS)
    )
