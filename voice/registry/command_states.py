"""The states of commands, the transitions between them, and the reports from Twilio that move a command on.

A state moves only along TRANSITIONS, in one conditional UPDATE. A late move changes nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Connection, Float, bindparam, func, or_, select, union_all, update

from voice.calls import NOT_REACHED
from voice.event_kinds import COMMAND_EVENTS
from voice.events import NewEvent, now
from voice.registry.command_legs import (
    ANNOUNCEMENT_LEG,
    commands_waiting_for,
    has_arrived,
    has_missing_legs,
    mark_arrived,
)
from voice.registry.command_record import COMMAND_FIELDS, WITHOUT_WEBHOOK, CommandRecord, CommandState
from voice.registry.engine.clock import database_time
from voice.registry.engine.sequence import add_events
from voice.registry.schema.commands import command_legs, commands

TRANSITIONS: dict[CommandState, tuple[CommandState, ...]] = {  # the states that each state can follow
    "accepted": ("requested", "accepted", "unconfirmed"),  # accepted again: nothing else will be known
    "confirmed": ("requested", "accepted", "unconfirmed"),
    "refused": ("requested", "unconfirmed"),
    "unconfirmed": ("requested", "accepted", "unconfirmed"),
}
NO_ANSWER = "No answer of Twilio was recorded, so the command may or may not have run. Check the call first."
Arrival = tuple[int, str]  # a command's id, and the CallSid of the call that fetched its scene

_LOCK = (
    select(commands.c.id)
    .where(commands.c.id.in_(bindparam("command_ids", expanding=True)))
    .order_by(commands.c.id)
    .with_for_update()
)
_SIDS: Any = bindparam("call_sids", expanding=True)
_UNFINISHED_WITH = union_all(
    select(commands.c.id).where(commands.c.call_sid.in_(_SIDS), commands.c.finished_at.is_(None)),
    select(commands.c.id)
    .join(command_legs, command_legs.c.command_id == commands.c.id)
    .where(command_legs.c.call_sid.in_(_SIDS), ~command_legs.c.arrived, commands.c.finished_at.is_(None)),
)


@dataclass(frozen=True)
class StateChange:
    """The state that a command moves to, with the outcome to store. `call_sid` is that of a call it has made.

    `check_after`: seconds after which the worker looks for evidence of an accepted command.
    """

    state: CommandState
    message: str | None = None
    error_code: str | None = None
    twilio_code: int | None = None
    call_sid: str | None = None
    final: bool = True
    source: str = "twilio"
    check_after: float | None = None

    @property
    def outcome(self) -> dict[str, Any]:
        """The columns of the outcome."""
        return {
            "message": self.message,
            "error_code": self.error_code,
            "twilio_code": self.twilio_code,
        }


def change_state(connection: Connection, command_id: int, change: StateChange) -> None:
    """Move a command and record the event. Does nothing if the transitions do not allow it."""
    moved = change_states(connection, [command_id], change)
    add_events(connection, [event for _, event in moved])


def change_states(
    connection: Connection, command_ids: Sequence[int], change: StateChange
) -> list[tuple[CommandRecord, NewEvent]]:
    """Move the commands that the transitions allow to move; each as it then is, with the event to record."""
    values = {**change.outcome, "finished_at": now() if change.final else None}
    if change.call_sid:
        values["call_sid"] = change.call_sid
    if change.check_after is not None:
        values["check_after"] = change.check_after
    given = {f"new_{name}": value for name, value in values.items()}
    moved = connection.execute(
        _update(change.state, tuple(values)), {"command_ids": list(command_ids), **given}
    )
    records = sorted((CommandRecord(**row._mapping) for row in moved), key=lambda record: record.id)
    return [(record, _event(record, change)) for record in records]


@cache
def _update(state: CommandState, names: tuple[str, ...]) -> Any:
    moving: Any = commands.c.id.in_(bindparam("command_ids", expanding=True))
    if state == "accepted":  # it can be written after the outcome, and replaces the assumption that none came
        moving &= or_(commands.c.finished_at.is_(None), commands.c.message == NO_ANSWER)
    values: dict[str, Any] = {name: bindparam(f"new_{name}") for name in names if name != "check_after"}
    if "check_after" in names:
        values["check_at"] = database_time(bindparam("new_check_after", type_=Float()))
    return (
        update(commands)
        .where(moving, commands.c.state.in_(TRANSITIONS[state]))
        .values(state=state, **values)
        .returning(*COMMAND_FIELDS)
    )


def _event(record: CommandRecord, change: StateChange) -> NewEvent:
    details = {name: value for name, value in change.outcome.items() if value is not None}
    kind = COMMAND_EVENTS[record.state]
    return NewEvent(kind, change.source, record.call_sid, details, command_id=record.id)


def known_arrivals(connection: Connection, arrived: Iterable[Arrival]) -> set[Arrival]:
    """The arrivals whose command was meant for their call.

    A dialed call can send its first webhook before Twilio's answer to the command is read: then the command has no
    CallSid yet, and the arrival counts.
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


def lock_commands(connection: Connection, command_ids: Collection[int]) -> None:
    """Lock these commands until the transaction ends, in the order of their ids."""
    if command_ids and connection.dialect.name != "sqlite":
        connection.execute(_LOCK, {"command_ids": sorted(command_ids)})


def unfinished_with_calls(connection: Connection, call_sids: Collection[str]) -> list[int]:
    """The ids of unfinished commands that run on one of these calls or wait for it."""
    if not call_sids:
        return []
    return list(connection.execute(_UNFINISHED_WITH, {"call_sids": list(call_sids)}).scalars())


def confirm_arrival(connection: Connection, command_id: int, call_sid: str) -> None:
    """Note that the call fetched the command's scene. Once no leg is missing, the command is confirmed."""
    is_leg = mark_arrived(connection, command_id, call_sid)
    if not has_missing_legs(connection, command_id):
        change = StateChange("confirmed", call_sid=None if is_leg else call_sid)
        change_state(connection, command_id, change)


def finish_announcement(connection: Connection, command_id: int, failure: str | None) -> None:
    """Note what the conference reports: the announcement was played to its end, or it failed."""
    if failure is not None:
        failed = StateChange("unconfirmed", f"The announcement failed: {failure}")
        change_state(connection, command_id, failed)
    elif mark_arrived(connection, command_id, ANNOUNCEMENT_LEG) and not has_missing_legs(
        connection, command_id
    ):
        change_state(connection, command_id, StateChange("confirmed"))


def report_error(connection: Connection, command_id: int, message: str, twilio_code: int | None) -> None:
    """Note an error that Twilio reports. A command that is confirmed stays so, and shows the error."""
    change = StateChange("unconfirmed", f"Twilio reported: {message}", twilio_code=twilio_code)
    change_state(connection, command_id, change)
    confirmed = (commands.c.id == command_id) & (commands.c.state == "confirmed")
    shown = update(commands).where(confirmed).values(message=change.message, twilio_code=twilio_code)
    connection.execute(shown)


def finish_with_call(connection: Connection, call_sid: str, status: str, reason: str | None = None) -> None:
    """Move the commands of a call that ended: proof `end` is confirmed, a redirect on its way cannot arrive.

    A command whose caller has arrived waits for the other legs. Commands with the proof `none` or `log` are left to
    Twilio's own log, which may report later.
    """
    unfinished = (commands.c.call_sid == call_sid) & commands.c.finished_at.is_(None)
    shown_by_webhooks = func.coalesce(commands.c.proof, "").not_in(WITHOUT_WEBHOOK)
    query = select(commands.c.id, commands.c.proof, commands.c.state).where(unfinished, shown_by_webhooks)
    for row in connection.execute(query).all():
        if row.proof == "end":
            change_state(connection, row.id, StateChange("confirmed", reason))
        elif row.state != "requested" and not has_arrived(connection, row.id, call_sid):
            # while it is requested, the process that runs it learns of the end from Twilio
            missed = StateChange("unconfirmed", "The call ended before the caller got there.")
            change_state(connection, row.id, missed)
    for command_id in commands_waiting_for(connection, call_sid):
        reason = NOT_REACHED.get(status, "The other party hung up before they joined.")
        change_state(connection, command_id, StateChange("unconfirmed", reason))
