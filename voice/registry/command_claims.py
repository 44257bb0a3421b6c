"""The claims of processes on the commands that they run.

The INSERT of a command claims it for the process, and records in the same transaction that Twilio is asked, unless an
earlier command of the call is still running. What was recorded as asked is never asked again by another process.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, exists, select, update

from voice.errors import RegistryUnavailable
from voice.registry.claims import Claims
from voice.registry.command_record import COMMAND_FIELDS, CommandRecord
from voice.registry.engine.clock import database_time
from voice.registry.engine.database import Database
from voice.registry.schema.commands import IS_OPEN, commands

log = logging.getLogger(__name__)
LEASE_SECONDS = 20.0  # a process that has not renewed a claim for this long is presumed dead
RENEW_SECONDS = 5.0
FRESH_SECONDS = 10.0  # a request that begins this long after a renewal reaches Twilio before the lease ends
_CLOCK = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
FIRST_FENCE = 1
CLAIMS = Claims(commands)
_EARLIER = commands.alias("earlier")
_IS_REQUESTED = commands.c.state == "requested"
_IS_OURS = _IS_REQUESTED & (
    commands.c.fence == FIRST_FENCE
)  # no other process has taken it from the one that runs it
_IS_ABANDONED = _IS_REQUESTED & CLAIMS.is_free
_IN_CALLS = commands.c.call_sid.in_(bindparam("call_sids", expanding=True))
_RUNNING = select(commands.c.call_sid, CLAIMS.is_held).where(_IN_CALLS, _IS_OURS)
_FENCE_OFF = (
    update(commands)
    .where(_IN_CALLS, _IS_OURS, CLAIMS.is_free, commands.c.id < bindparam("before"))
    .values(fence=commands.c.fence + 1)
)
_MUST_WAIT = exists().where(
    _EARLIER.c.call_sid == commands.c.call_sid,
    _EARLIER.c.id < commands.c.id,
    _EARLIER.c.state == "requested",
    _EARLIER.c.fence == FIRST_FENCE,
    _EARLIER.c.claimed_until > database_time(),
)
TURN = select(_IS_OURS.label("is_ours"), _MUST_WAIT.label("must_wait")).where(
    commands.c.id == bindparam("command_id")
)
_TAKE_TURN = (
    update(commands)
    .where(commands.c.id == bindparam("command_id"), _IS_OURS, ~_MUST_WAIT)
    .values(sent_at=database_time(), **CLAIMS.renew(LEASE_SECONDS))
    .returning(commands.c.call_sid)
)
_RENEW = (
    update(commands)
    .where(commands.c.id.in_(bindparam("command_ids", expanding=True)), _IS_OURS)
    .values(CLAIMS.renew(LEASE_SECONDS))
    .returning(commands.c.id)
)
_ABANDONED = select(commands.c.id).where(IS_OPEN, _IS_ABANDONED).order_by(commands.c.id)


def running_calls(connection: Connection, call_sids: Sequence[str], before: int) -> set[str]:
    """The calls that a process runs a command for. Abandoned commands of the other calls are fenced off."""
    if not call_sids:
        return set()
    rows = connection.execute(_RUNNING, {"call_sids": call_sids}).all()
    busy = {row[0] for row in rows if row[1]}
    abandoned = {row[0] for row in rows} - busy
    if abandoned:
        _fence_off(connection, abandoned, before)
    return busy


def take_turn(connection: Connection, command_id: int) -> bool:
    """Record that a waiting command is asked of Twilio. False while an earlier one runs, or if the claim is lost."""
    row = connection.execute(_TAKE_TURN, {"command_id": command_id}).first()
    if row is not None:
        _fence_off(connection, [row.call_sid], command_id)
    return row is not None


def _fence_off(connection: Connection, call_sids: Collection[str], before: int) -> None:
    """Take the claims of processes that are presumed dead, so that they do not ask Twilio when they wake up."""
    connection.execute(_FENCE_OFF, {"call_sids": list(call_sids), "before": before})


@dataclass(frozen=True)
class Moment:
    """A moment of this host, by a clock that stops when the host sleeps and by one that does not."""

    awake: float
    asleep: float

    @classmethod
    def now(cls) -> Moment:
        return cls(time.monotonic(), time.clock_gettime(_CLOCK))

    @property
    def age(self) -> float:
        now = Moment.now()
        return max(now.awake - self.awake, now.asleep - self.asleep)


@dataclass(frozen=True)
class AbandonedCommand:
    """A command whose process is presumed dead. `is_sent`: it was recorded as asked of Twilio."""

    record: CommandRecord
    is_sent: bool


class CommandClaims:
    """The claims of one process. While a command runs, its claim is renewed."""

    def __init__(self, database: Database, owner: str):
        self._database, self._owner = database, owner
        self._renewed: dict[int, Moment] = {}  # for each command that runs, a moment before its last renewal
        self._lock = threading.Lock()
        self._is_renewing = False

    @contextmanager
    def held(self, command_id: int, since: Moment) -> Iterator[None]:
        """Renew the claim inside this block, which runs the command. `since` is a moment before it was claimed."""
        with self._lock:
            self._renewed[command_id] = since
            if not self._is_renewing:
                self._is_renewing = True
                threading.Thread(target=self._renew_all, name="claims", daemon=True).start()
        try:
            yield
        finally:
            with self._lock:
                self._renewed.pop(command_id, None)

    def is_held(self, command_id: int) -> bool:
        """True if no other process can have taken the command. A claim that is not fresh is renewed first."""
        if self._renewed[command_id].age > FRESH_SECONDS:
            self.renew([command_id])
        return self._renewed[command_id].age <= FRESH_SECONDS

    def renew(self, command_ids: Collection[int]) -> None:
        """Renew the claims that no other process has taken. Raises RegistryUnavailable."""
        moment, ids = Moment.now(), {"command_ids": list(command_ids)}
        renewed = self._database.write_patiently(lambda c: c.execute(_RENEW, ids).scalars().all())
        with self._lock:
            self._renewed.update({one: moment for one in renewed if one in self._renewed})

    def take_abandoned(self, command_id: int | None = None, limit: int = 1) -> list[AbandonedCommand]:
        """Claim commands whose process is presumed dead, oldest first; or this one only. They are not run again."""
        query = _ABANDONED if command_id is None else _ABANDONED.where(commands.c.id == command_id)
        found = self._database.fetch_column(query.limit(limit))
        if not found:
            return []
        claim = update(commands).where(commands.c.id.in_(found), _IS_ABANDONED)
        fields = (*COMMAND_FIELDS, commands.c.sent_at)
        taken = claim.values(CLAIMS.take(self._owner, LEASE_SECONDS)).returning(*fields)
        rows = self._database.write_patiently(lambda c: c.execute(taken).all())
        return [AbandonedCommand(CommandRecord(*row[:-1]), row.sent_at is not None) for row in sorted(rows)]

    def _renew_all(self) -> None:
        """Renew until no command runs."""
        while True:
            time.sleep(RENEW_SECONDS)
            with self._lock:
                running = list(self._renewed)
                self._is_renewing = bool(running)
            if not running:
                return
            try:
                self.renew(running)
            except RegistryUnavailable as error:
                log.warning("The claims of running commands are not renewed: %s", error.message)
