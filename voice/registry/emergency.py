"""The store of the emergency stop: one row while it is active, and the bulk runs that carry it out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Connection, delete, exists, or_, select, update

from voice.calls import TERMINAL_RANK, Call
from voice.errors import RegistryUnavailable
from voice.events import NewEvent, now
from voice.json_record import JsonRecord, UtcTime
from voice.registry.call_query import CALL_FIELDS
from voice.registry.engine.database import Database
from voice.registry.engine.group_commit import Group, GroupCommit
from voice.registry.engine.kept_record import KeptRecord
from voice.registry.engine.sequence import add_event, lock_sequence
from voice.registry.schema.bulk import bulk_items
from voice.registry.schema.calls import calls
from voice.registry.schema.emergency import emergency, emergency_runs

CHECK_SECONDS = 2.0  # between two checks for calls that the stop has not reached


@dataclass(frozen=True)
class EmergencyStop(JsonRecord):
    """An active emergency stop: the message for callers, the operator who started it, and the time."""

    message: str | None
    started_by: str
    started_at: UtcTime


_FIELDS = [emergency.c[name] for name in EmergencyStop.__dataclass_fields__]
_CURRENT = select(*_FIELDS)


class EmergencyStore:
    """The emergency stop, and the calls that it has to reach."""

    def __init__(self, database: Database, folder: Path | None = None):
        self._database = database
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
        """Start the stop. If one is active already, it gets the new message."""
        stop = EmergencyStop(message, operator, now())

        def work(connection: Connection) -> None:
            lock_sequence(connection)
            connection.execute(delete(emergency))
            connection.execute(emergency.insert(), {"id": 1, **vars(stop), "tended_at": now()})
            connection.execute(delete(emergency_runs))
            add_event(connection, NewEvent("emergency.stopped", operator, None, stop.as_json()))

        self._database.write_patiently(work)
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

    def add_runs(self, run_ids: Iterable[str]) -> None:
        """Add bulk runs that carry out the stop."""
        rows = [{"run_id": run_id} for run_id in run_ids]
        if rows:
            self._database.execute_patiently(emergency_runs.insert(), rows)

    def run_ids(self) -> list[str]:
        """The bulk runs that carry out this stop, or carried out the last one."""
        return self._database.fetch_column(select(emergency_runs.c.run_id))

    def claim_check(self) -> bool:
        """Claim the next check for calls that the stop has not reached. One worker gets it."""
        moment, pause = now(), timedelta(seconds=CHECK_SECONDS)
        tended_at = emergency.c.tended_at
        due = or_(tended_at < moment - pause, tended_at > moment + pause)  # the clock may have been set back
        claim = update(emergency).where(due).values(tended_at=moment)
        return self._database.write(lambda connection: connection.execute(claim).rowcount > 0)

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
