"""The legs of commands: the other calls that a command moves. It is confirmed once all of them have arrived."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, select, true, update

from voice.registry.schema.commands import command_legs, commands

UNDIALED_LEG = "to come"  # stands for the CallSid of a leg that is not dialed yet
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
    """Give the undialed leg its CallSid."""
    leg = (command_legs.c.command_id == command_id) & (command_legs.c.call_sid == UNDIALED_LEG)
    connection.execute(update(command_legs).where(leg).values(call_sid=call_sid))


def mark_arrived(connection: Connection, command_id: int, call_sid: str) -> bool:
    """Mark the leg as arrived. False if the command has no such leg."""
    leg = (command_legs.c.command_id == command_id) & (command_legs.c.call_sid == call_sid)
    return connection.execute(update(command_legs).where(leg).values(arrived=true())).rowcount > 0


def has_missing_legs(connection: Connection, command_id: int) -> bool:
    """Return whether a leg of the command has not arrived."""
    missing = (command_legs.c.command_id == command_id) & ~command_legs.c.arrived
    return connection.execute(select(command_legs.c.call_sid).where(missing)).first() is not None


def commands_waiting_for(connection: Connection, call_sid: str) -> list[int]:
    """The ids of unfinished commands that wait for this call as a leg."""
    return list(connection.execute(_WAITING_FOR, {"call_sid": call_sid}).scalars())
