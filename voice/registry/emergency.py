"""The store of the emergency stop: one row while it is active, and the bulk runs that carry it out."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, delete, exists, select, update

from voice.calls import TERMINAL_RANK, Call
from voice.errors import ClaimLost, RegistryUnavailable
from voice.events import NewEvent, now
from voice.json_record import Internal, JsonRecord, UtcTime
from voice.registry.call_query import CALL_FIELDS
from voice.registry.claims import Claim, Claims, lost_claims
from voice.registry.engine.clock import database_time
from voice.registry.engine.database import Database
from voice.registry.engine.group_commit import Group, GroupCommit
from voice.registry.engine.kept_record import KeptRecord
from voice.registry.engine.sequence import add_event, lock_sequence, take_id
from voice.registry.schema.bulk import bulk_items
from voice.registry.schema.calls import calls
from voice.registry.schema.emergency import emergency, emergency_runs

LEASE_SECONDS = 15.0
MOST_FENCES = 2**31  # the range of the column
CHECK_SECONDS = 2.0  # between two checks for calls that the stop has not reached


@dataclass(frozen=True)
class EmergencyStop(JsonRecord):
    """An active emergency stop: the message for callers, the operator who started it, and the time."""

    message: str | None
    started_by: str
    started_at: UtcTime
    fence: Internal[int] = 0

    @property
    def claim(self) -> Claim:
        """The claim of the process that has read the stop."""
        return Claim(EMERGENCY_CLAIMS, (1,), self.fence)


EMERGENCY_CLAIMS = Claims(emergency)
_FIELDS = [emergency.c[name] for name in EmergencyStop.__dataclass_fields__]
_CURRENT = select(*_FIELDS)


class EmergencyStore:
    """The emergency stop, and the calls that it has to reach."""

    def __init__(self, database: Database, owner: str, folder: Path | None = None):
        self._database, self._owner = database, owner
        self._group: GroupCommit[None, EmergencyStop | None] = GroupCommit(self._read_for)
        self._kept = KeptRecord(EmergencyStop, folder / "emergency_stop.json" if folder else None)

    @property
    def last_known(self) -> EmergencyStop | None:
        """The stop that a process of this host has read or written last."""
        return self._kept.get()

    def current(self) -> EmergencyStop | None:
        """The active stop, or None. Raises RegistryUnavailable.

        Calls that come in together share one read, which begins after the last of them: alone, this read is a fifth
        of the cost of a webhook.
        """
        return self._group.submit(None)

    def current_or_last_known(self) -> EmergencyStop | None:
        """The active stop; while the database is unavailable, the last one that was read. For webhooks."""
        try:
            with self._database.hurry():
                return self.current()
        except RegistryUnavailable:
            return self.last_known

    def start(self, message: str | None, operator: str) -> EmergencyStop:
        """Start the stop, claimed for this process. If one is active already, it gets the new message."""
        lease = {
            "claimed_by": self._owner,
            "tended_at": database_time(),
            **EMERGENCY_CLAIMS.renew(LEASE_SECONDS),
        }

        def work(connection: Connection) -> EmergencyStop:
            lock_sequence(connection)
            event_id = take_id(connection)
            stop = EmergencyStop(message, operator, now(), fence=event_id % MOST_FENCES)  # never used before
            connection.execute(delete(emergency))
            connection.execute(emergency.insert().values({"id": 1, **vars(stop), **lease}))
            connection.execute(delete(emergency_runs))
            add_event(connection, NewEvent("emergency.stopped", operator, None, stop.as_json()), event_id)
            return stop

        stop = self._database.write_patiently(work)
        self._kept.keep(stop)
        return stop

    def lift(self, operator: str) -> EmergencyStop | None:
        """End the stop; the stop that is over, or None if none was active."""

        def work(connection: Connection) -> EmergencyStop | None:
            lock_sequence(connection)
            row = connection.execute(delete(emergency).returning(*_FIELDS)).first()
            if row is None:
                return None
            add_event(connection, NewEvent("emergency.lifted", operator, None, {}))
            return EmergencyStop(**row._mapping)

        lifted = self._database.write_patiently(work)
        self._kept.keep(None)
        return lifted

    def add_run(self, connection: Connection, run_id: str, claim: Claim) -> None:
        """Add a bulk run that carries out the stop. Raises ClaimLost if another process has claimed the check."""
        if lost_claims(connection, [claim]):
            raise ClaimLost("Another process ends the live calls.")
        connection.execute(emergency_runs.insert(), {"run_id": run_id})

    def run_ids(self) -> list[str]:
        """The bulk runs that carry out this stop, or carried out the last one."""
        return self._database.fetch_column(select(emergency_runs.c.run_id))

    def claim_check(self) -> EmergencyStop | None:
        """Claim the next check for calls that the stop has not reached. One worker gets it, the others get None."""
        values = EMERGENCY_CLAIMS.take(self._owner, LEASE_SECONDS)
        claim = update(emergency).where(EMERGENCY_CLAIMS.is_free).values(values).returning(*_FIELDS)
        row = self._database.write(lambda connection: connection.execute(claim).first())
        return None if row is None else EmergencyStop(**row._mapping)

    def finish_check(self, claim: Claim) -> None:
        """Let any worker make the next check, a moment later."""
        mine = update(emergency).where(EMERGENCY_CLAIMS.is_of(claim))
        self._database.execute_patiently(mine.values(EMERGENCY_CLAIMS.renew(CHECK_SECONDS)))

    def unreached(self, message_scene: str) -> list[Call]:
        """Live calls that are in no bulk run of the stop and not in the scene that plays its message."""
        in_runs = exists().where(
            bulk_items.c.run_id.in_(select(emergency_runs.c.run_id)),
            bulk_items.c.call_sid == calls.c.call_sid,
        )
        query = select(*CALL_FIELDS).where(
            calls.c.status_rank < TERMINAL_RANK, calls.c.scene.is_distinct_from(message_scene), ~in_runs
        )
        return self._database.fetch_all(Call, query.order_by(calls.c.started_at))

    def _read_for(self, group: Group[None]) -> list[EmergencyStop | None]:
        waiting = group()
        stop = self._database.fetch_first(EmergencyStop, _CURRENT)
        self._kept.keep(stop)
        return [stop] * len(waiting)
