"""The legs of commands: the other calls that a command moves. It is confirmed once all of them have arrived."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import Connection, bindparam, exists, or_, select, true, update

from voice.calls import RANKS
from voice.registry.schema.calls import calls
from voice.registry.schema.commands import command_legs, commands

UNDIALED_LEG = "to come"  # stands for the CallSid of a leg that is not dialed yet
HOLD_LEG = "hold"  # stands for a leg: while it is missing, the move into a conference does not confirm a hold
ANNOUNCEMENT_LEG = "announcement"  # stands for a leg: it arrives when the announcement has been played
_WAITING_FOR = (
    select(commands.c.id)
    .join(command_legs, command_legs.c.command_id == commands.c.id)
    .where(command_legs.c.call_sid == bindparam("call_sid"), ~command_legs.c.arrived)
    .where(commands.c.finished_at.is_(None))
)


def expect_legs(connection: Connection, command_id: int, call_sids: Sequence[str]) -> None:
    """Add legs to a command that is about to move them."""
    rows = [{"command_id": command_id, "call_sid": call_sid} for call_sid in call_sids]
    connection.execute(command_legs.insert(), rows)


def set_leg_call_sid(connection: Connection, command_id: int, call_sid: str) -> None:
    """Give the undialed leg its CallSid. Its call may have joined the conference already."""
    leg = (command_legs.c.command_id == command_id) & (command_legs.c.call_sid == UNDIALED_LEG)
    is_in = exists().where(calls.c.call_sid == call_sid, calls.c.in_room.is_(true()))
    connection.execute(update(command_legs).where(leg).values(call_sid=call_sid, joined=is_in))


def mark_arrived(connection: Connection, command_id: int, call_sid: str) -> bool:
    """Mark the leg as arrived, or as joined if its call is not answered. False if the command has no such leg.

    Twilio may report the join of a dialed participant while the phone rings, because `EarlyMedia` is true by default.
    Source: https://www.twilio.com/docs/voice/api/conference-participant-resource#request-body-parameters
    """
    leg = (command_legs.c.command_id == command_id) & (command_legs.c.call_sid == call_sid)
    rings = exists().where(calls.c.call_sid == call_sid, calls.c.status_rank < RANKS["in-progress"])
    values = {"arrived": or_(command_legs.c.arrived, ~rings), "joined": true()}
    return connection.execute(update(command_legs).where(leg).values(values)).rowcount > 0


def joined_before_answer(connection: Connection, call_sids: Collection[str]) -> set[tuple[int, str]]:
    """The legs among these calls that joined a conference and have not arrived: command id and CallSid."""
    query = (
        select(command_legs.c.command_id, command_legs.c.call_sid)
        .join(commands, command_legs.c.command_id == commands.c.id)
        .where(command_legs.c.call_sid.in_(call_sids), command_legs.c.joined, ~command_legs.c.arrived)
        .where(commands.c.finished_at.is_(None))
    )
    return {(row.command_id, row.call_sid) for row in connection.execute(query)}


def has_arrived(connection: Connection, command_id: int, call_sid: str) -> bool:
    """Return whether this call is a leg of the command that has arrived."""
    leg = (command_legs.c.command_id == command_id) & (command_legs.c.call_sid == call_sid)
    arrived = select(command_legs.c.call_sid).where(leg, command_legs.c.arrived)
    return connection.execute(arrived).first() is not None


def has_missing_legs(connection: Connection, command_id: int) -> bool:
    """Return whether a leg of the command has not arrived."""
    missing = (command_legs.c.command_id == command_id) & ~command_legs.c.arrived
    return connection.execute(select(command_legs.c.call_sid).where(missing)).first() is not None


def commands_waiting_for(connection: Connection, call_sid: str) -> list[int]:
    """The ids of unfinished commands that wait for this call as a leg."""
    return list(connection.execute(_WAITING_FOR, {"call_sid": call_sid}).scalars())
