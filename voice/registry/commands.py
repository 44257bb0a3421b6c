"""The store of commands: requested by operators, answered by Twilio, settled by what Twilio then reports."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, or_, select, update
from sqlalchemy.exc import IntegrityError

from voice.errors import ClaimLost
from voice.events import now
from voice.registry import command_legs as legs
from voice.registry.claims import Claim
from voice.registry.command_claims import CLAIMS, TURN, CommandClaims
from voice.registry.command_record import COMMAND_FIELDS, CommandRecord, CommandState
from voice.registry.command_states import StateChange
from voice.registry.command_writes import (
    CLAIM_LOST,
    CommandChange,
    NewCommand,
    QueuedCommand,
    Turn,
    write_all,
)
from voice.registry.engine.clock import database_time
from voice.registry.engine.database import Database
from voice.registry.engine.group_commit import Group, GroupCommit
from voice.registry.schema.calls import calls
from voice.registry.schema.commands import IS_OPEN, command_legs, commands

MOST_AT_ONCE = 20  # writes in one transaction: a webhook may be waiting for the lock
MOST_SETTLED = 200
OVERDUE_SECONDS = 60.0  # for a command that was recorded without a time of its first check
_SELECT = select(*COMMAND_FIELDS)


class CommandStore:
    """The commands of all calls. Their ids give the order in which they were recorded."""

    def __init__(self, database: Database, owner: str):
        self._database, self._owner = database, owner
        self.claims = CommandClaims(database, owner)
        self._group = GroupCommit(self._write_all, one_at_a_time=True, most=MOST_AT_ONCE)

    def request(
        self, name: str, arguments: dict[str, Any], operator: str, call_sid: str | None, key: str | None,
        fingerprint: str, proof: str | None = None, claim: Claim | None = None,
    ) -> QueuedCommand | CommandRecord:  # fmt: skip
        """Record a new command; or return the operator's command that has the same idempotency key.

        Raises ClaimLost if `claim` does not hold: of the plan, for example, that the command is for.
        """
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
            "claimed_by": self._owner,
        }
        try:
            queued: QueuedCommand = self._group.submit(NewCommand(row, claim))
        except IntegrityError:
            known = self.with_idempotency_key(operator, key or "")
            if known is None:
                raise
            return known
        return queued

    def settle(
        self, command: CommandRecord, state: CommandState, message: str | None = None, *,
        error_code: str | None = None, twilio_code: int | None = None, call_sid: str | None = None,
        final: bool = True, source: str = "twilio",
    ) -> CommandRecord:  # fmt: skip
        """Move to `state` if the transitions allow it; the command as it then is."""
        return self.change(
            command.id, StateChange(state, message, error_code, twilio_code, call_sid, final, source)
        )

    def change(self, command_id: int, change: StateChange) -> CommandRecord:
        """Make the change if the transitions allow it; the command as it then is."""
        changed: CommandRecord = self._group.submit(CommandChange(command_id, change))
        return changed

    def get(self, command_id: int) -> CommandRecord | None:
        """The command, or None."""
        return self._first(_SELECT.where(commands.c.id == command_id))

    def with_idempotency_key(self, operator: str, key: str) -> CommandRecord | None:
        """The operator's command that has this idempotency key, or None."""
        mine = (commands.c.operator == operator) & (commands.c.idempotency_key == key)
        return self._first(_SELECT.where(mine))

    def of_call(self, call_sid: str) -> list[CommandRecord]:
        """The commands of one call, oldest first."""
        return self._all(_SELECT.where(commands.c.call_sid == call_sid).order_by(commands.c.id))

    def newest_by_call(self, call_sids: Collection[str]) -> dict[str, CommandRecord]:
        """The newest command of each call. A command that moves several calls counts for each of them."""
        own = select(commands.c.call_sid, commands.c.id).where(commands.c.call_sid.in_(call_sids))
        moved = select(command_legs.c.call_sid, command_legs.c.command_id)
        both = own.union_all(moved.where(command_legs.c.call_sid.in_(call_sids))).subquery()
        newest = select(both.c.call_sid.label("of"), func.max(both.c.id).label("newest"))
        last = newest.group_by(both.c.call_sid).subquery()
        query = select(last.c["of"], *COMMAND_FIELDS).join(commands, last.c.newest == commands.c.id)
        return {row[0]: CommandRecord(*row[1:]) for row in self._database.fetch_rows(query)}

    def take_turn(self, command: CommandRecord) -> bool:
        """Take the turn of a command that waits for earlier ones of its call. False while one of them runs.

        Raises ClaimLost if another process has taken the command.
        """
        (turn,) = self._database.fetch_rows(TURN, {"command_id": command.id})
        if not turn.is_ours:
            raise ClaimLost(CLAIM_LOST)
        return not turn.must_wait and bool(self._group.submit(Turn(command.id)))

    def expect_legs(self, command_id: int, call_sids: Iterable[str]) -> None:
        """Add the other calls that the command is about to move: it waits for all of them."""
        expected = list(call_sids)
        if expected:
            self._database.write_patiently(lambda c: legs.expect_legs(c, command_id, expected))

    def set_leg_call_sid(self, command_id: int, call_sid: str) -> None:
        """Give the undialed leg of the command its CallSid."""
        self._database.write_patiently(lambda c: legs.set_leg_call_sid(c, command_id, call_sid))

    def complete_leg(self, command_id: int, mark: str) -> None:
        """Mark a leg that has no CallSid as arrived."""
        self._database.write_patiently(lambda c: legs.mark_arrived(c, command_id, mark))

    def missing_legs(self, command_id: int) -> list[str]:
        """The legs of the command that have not arrived: CallSids, or marks of legs that have none."""
        of_command = command_legs.c.command_id == command_id
        return self._database.fetch_column(
            select(command_legs.c.call_sid).where(of_command, ~command_legs.c.arrived)
        )

    def have_requested(self, command_id: int, call_sids: Iterable[str]) -> set[str]:
        """Those of the calls that have requested a document of the command, or of a later one."""
        arrived = calls.c.call_sid.in_(list(call_sids)) & (calls.c.epoch >= command_id)
        return set(self._database.fetch_column(select(calls.c.call_sid).where(arrived), {}))

    def promotion_of(self, call_sid: str, dialed_sid: str, has_left: bool) -> int | None:
        """The id of the newest command that moved a call and the call that it dialed; None if there is none.

        A command that failed counts only if the dialed call certainly has left (`has_left`).
        """
        both = [call_sid, dialed_sid]
        moved = exists().where(
            command_legs.c.command_id == commands.c.id,
            command_legs.c.call_sid.in_(both),
            command_legs.c.call_sid != commands.c.call_sid,
        )
        query = select(commands.c.id).where(commands.c.call_sid.in_(both), moved)
        if not has_left:
            query = query.where(or_(commands.c.state == "confirmed", commands.c.finished_at.is_(None)))
        return self._database.read(
            lambda connection: connection.execute(query.order_by(commands.c.id.desc())).scalar()
        )

    def is_moving(self, call_sid: str) -> bool:
        """Return whether an unfinished command moves this call together with another leg."""
        query = (
            select(commands.c.id)
            .join(command_legs, command_legs.c.command_id == commands.c.id)
            .where(IS_OPEN, CLAIMS.is_held)
            .where(or_(commands.c.call_sid == call_sid, command_legs.c.call_sid == call_sid))
        )
        return self._database.read(lambda connection: connection.execute(query).first()) is not None

    def unsure(self, for_seconds: float = 0.0) -> list[CommandRecord]:
        """Commands without an outcome that Twilio did not answer, and that were sent so long ago; oldest first."""
        is_unsure = (commands.c.state == "unconfirmed") & commands.c.finished_at.is_(None)
        return self._open(is_unsure & _is_sent_before(for_seconds))

    def due_for_check(self) -> list[CommandRecord]:
        """Accepted commands without an outcome for which the worker now looks for evidence, oldest first."""
        of_older_release = commands.c.check_at.is_(None) & _is_sent_before(OVERDUE_SECONDS)
        is_due = or_(commands.c.check_at <= database_time(), of_older_release)
        return self._open((commands.c.state == "accepted") & is_due)

    def check_later(self, command_id: int, seconds: float) -> None:
        """Look for evidence of the command again after so many seconds."""
        later = update(commands).where(commands.c.id == command_id).values(check_at=database_time(seconds))
        self._database.write_patiently(lambda connection: connection.execute(later))

    def _open(self, condition: ColumnElement[bool]) -> list[CommandRecord]:
        return self._all(_SELECT.where(IS_OPEN, condition).order_by(commands.c.id).limit(MOST_SETTLED))

    def _write_all(self, writes: Group[NewCommand | CommandChange | Turn]) -> list[Any]:
        return self._database.write_patiently(lambda connection: write_all(connection, writes()))

    def _first(self, query: Select[Any]) -> CommandRecord | None:
        return self._database.fetch_first(CommandRecord, query)

    def _all(self, query: Select[Any]) -> list[CommandRecord]:
        return self._database.fetch_all(CommandRecord, query)


def _is_sent_before(seconds: float) -> ColumnElement[bool]:
    """True for commands that were sent at least so many seconds ago, by the database's clock."""
    return func.coalesce(commands.c.sent_at, commands.c.requested_at) <= database_time(-seconds)
