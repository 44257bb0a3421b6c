"""The emergency stop, as it is kept: one row that says whether it lasts, and the bulk runs that carry it out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection, delete, exists, select, update

from voice.calls import TERMINAL_RANK, Call
from voice.errors import RegistryUnavailable
from voice.events import NewEvent, now
from voice.json_record import JsonRecord, UtcTime
from voice.registry.calls import FIELDS
from voice.registry.engine.database import Database
from voice.registry.engine.group_commit import Group, GroupCommit
from voice.registry.engine.sequence import add_event, hold
from voice.registry.schema.bulk import bulk_items
from voice.registry.schema.calls import calls
from voice.registry.schema.emergency import emergency, emergency_runs

TEND_SECONDS = 2.0  # between two looks for calls that slipped through


@dataclass(frozen=True)
class EmergencyStop(JsonRecord):
    """An emergency stop that lasts: what callers are told, who asked for it, and since when."""

    message: str | None
    started_by: str
    started_at: UtcTime


_STOP = [emergency.c[name] for name in EmergencyStop.__dataclass_fields__]
_CURRENT = select(*_STOP)


class EmergencyStore:
    """Whether the stop lasts; and which calls it has to reach."""

    def __init__(self, database: Database):
        self._database = database
        self._together: GroupCommit[None, EmergencyStop | None] = GroupCommit(self._read_for)
        self.last_known: EmergencyStop | None = None

    def current(self) -> EmergencyStop | None:
        """The stop, or None. Raises RegistryUnavailable.

        Calls that come together share one read, begun after the last of them came: alone it is a fifth of a webhook.
        """
        return self._together.submit(None)

    def _read_for(self, group: Group[None]) -> list[EmergencyStop | None]:
        asking = group()
        row = self._database.read(lambda connection: connection.execute(_CURRENT).first())
        self.last_known = EmergencyStop(**row._mapping) if row else None
        return [self.last_known] * len(asking)

    def current_or_last_known(self) -> EmergencyStop | None:
        """For a webhook, which does not wait for a database that is away: then what was known last."""
        try:
            with self._database.hurry():
                return self.current()
        except RegistryUnavailable:
            return self.last_known

    def start(self, message: str | None, operator: str) -> EmergencyStop:
        """The stop lasts from now on; one that lasted already gets the new message."""
        stop = EmergencyStop(message, operator, now())

        def work(connection: Connection) -> None:
            hold(connection)
            connection.execute(delete(emergency))
            connection.execute(emergency.insert(), {"id": 1, **vars(stop), "tended_at": now()})
            connection.execute(delete(emergency_runs))
            add_event(connection, NewEvent("emergency.stopped", operator, None, stop.as_json()))

        self._database.write_patiently(work)
        return stop

    def lift(self, operator: str) -> EmergencyStop | None:
        """The stop that is over, or None if there was none."""

        def work(connection: Connection) -> EmergencyStop | None:
            hold(connection)
            row = connection.execute(delete(emergency).returning(*_STOP)).first()
            if row is None:
                return None
            add_event(connection, NewEvent("emergency.lifted", operator, None, {}))
            return EmergencyStop(**row._mapping)

        return self._database.write_patiently(work)

    def add_runs(self, run_ids: Iterable[str]) -> None:
        """Bulk runs that carry the stop out."""
        rows = [{"run_id": run_id} for run_id in run_ids]
        if rows:
            self._database.write_patiently(lambda c: c.execute(emergency_runs.insert(), rows))

    def run_ids(self) -> list[str]:
        """The bulk runs that carry out this stop, or the last one."""
        query = select(emergency_runs.c.run_id)
        return self._database.read(lambda connection: list(connection.execute(query).scalars()))

    def claim_check(self) -> bool:
        """True if it is for this worker to look for calls that slipped through; for one worker at a time."""
        due = emergency.c.tended_at < now() - timedelta(seconds=TEND_SECONDS)
        claim = update(emergency).where(due).values(tended_at=now())
        return self._database.write(lambda connection: connection.execute(claim).rowcount > 0)

    def unreached(self, message_scene: str) -> list[Call]:
        """Live calls that are in no bulk run of the stop and not in the scene that plays its message."""
        in_runs = exists().where(
            bulk_items.c.run_id.in_(select(emergency_runs.c.run_id)),
            bulk_items.c.call_sid == calls.c.call_sid,
        )
        query = select(*FIELDS).where(
            calls.c.status_rank < TERMINAL_RANK, calls.c.scene.is_distinct_from(message_scene), ~in_runs
        )
        rows = self._database.read(lambda c: c.execute(query.order_by(calls.c.started_at)).all())
        return [Call(**row._mapping) for row in rows]
