"""The store of events. Recording an event also applies it to its call and to the commands of that call."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from sqlalchemy import Connection, bindparam, select
from sqlalchemy.exc import IntegrityError

from voice.calls import CallFacts
from voice.events import Event, NewEvent
from voice.registry.engine.database import Database
from voice.registry.engine.group_commit import Group, GroupCommit
from voice.registry.engine.sequence import LAST_ID, add_events, lock_sequence
from voice.registry.event_effects import Report, apply_reports
from voice.registry.schema.events import events

_SELECT = select(*(events.c[name] for name in Event.__dataclass_fields__))
_KNOWN_KEYS = select(events.c.dedupe_key).where(events.c.dedupe_key.in_(bindparam("keys", expanding=True)))


class EventStore:
    """All events, in the order of their commits."""

    def __init__(self, database: Database):
        self._database = database
        self._group = GroupCommit(self.record_all)
        self._patient_group = GroupCommit(
            partial(_record_group, database.write_patiently), one_at_a_time=True
        )

    def record(self, event: NewEvent, facts: CallFacts | None = None) -> bool:
        """Record an event with what it says about its call. False if an event has the same dedupe key.

        Raises RegistryUnavailable.
        """
        return self._group.submit((event, facts))

    def record_patiently(self, event: NewEvent, facts: CallFacts | None = None) -> bool:
        """Like `record`, but retry for a while: for everything except webhooks."""
        return self._patient_group.submit((event, facts))

    def record_all(self, group: Group[Report]) -> list[bool]:
        """Record several events in order and in one transaction; in a second one if some are recorded already."""
        return _record_group(self._database.write, group)

    def of_call(self, call_sid: str) -> list[Event]:
        """All events of one call, oldest first."""
        return self._database.fetch_all(
            Event, _SELECT.where(events.c.call_sid == call_sid).order_by(events.c.id)
        )

    def after(self, event_id: int, limit: int = 500) -> list[Event]:
        """The next events of all calls, in the order of their commits."""
        newer = _SELECT.where(events.c.id > event_id).order_by(events.c.id).limit(limit)
        return self._database.fetch_all(Event, newer)

    def last_id(self) -> int:
        """The id of the newest committed event; 0 if there is none."""
        last_id: int = self._database.read(lambda connection: connection.execute(LAST_ID).scalar_one())
        return last_id


def _record_group(write: Callable[..., list[bool]], group: Group[Report]) -> list[bool]:
    try:
        return write(lambda connection: _record(connection, group()))
    except IntegrityError:
        return write(lambda connection: _record_new(connection, group()))


def _record(connection: Connection, reports: Sequence[Report]) -> list[bool]:
    """Record reports that are all new: True for each. Raises IntegrityError if one is recorded already."""
    add_events(connection, [event for event, _ in reports])
    apply_reports(connection, reports)
    return [True] * len(reports)


def _record_new(connection: Connection, reports: Sequence[Report]) -> list[bool]:
    """Record the reports that are not recorded already; True for each of them.

    This holds the lock of the sequence, so no other transaction records in between.
    """
    lock_sequence(connection)
    is_new = _are_new(connection, [event.dedupe_key for event, _ in reports])
    new = [report for report, new in zip(reports, is_new, strict=True) if new]
    if new:
        _record(connection, new)
    return is_new


def _are_new(connection: Connection, keys: Sequence[str | None]) -> list[bool]:
    """For each dedupe key, whether neither the table nor an earlier key of the list has it."""
    seen: set[Any] = set(connection.execute(_KNOWN_KEYS, {"keys": keys}).scalars())
    is_new = []
    for key in keys:
        is_new.append(key is None or key not in seen)
        seen.add(key)
    return is_new
