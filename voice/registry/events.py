"""The store of events. Recording an event also applies it to its call and to the commands of that call."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import partial

from sqlalchemy import Connection, bindparam, func, select
from sqlalchemy.exc import IntegrityError

from voice.calls import CallFacts
from voice.events import Event, NewEvent
from voice.registry.engine.database import Database
from voice.registry.engine.final_ids import move_on
from voice.registry.engine.group_commit import Group, GroupCommit
from voice.registry.engine.new_events import are_new, insert_new
from voice.registry.engine.sequence import add_events
from voice.registry.event_effects import Report, apply_reports
from voice.registry.schema.events import EVENTS_ROW, events, feed

_SELECT = select(*(events.c[name] for name in Event.__dataclass_fields__))
_COUNTED = select(feed.c.last_id).where(feed.c.name == EVENTS_ROW)
_KNOWN_KEYS = select(events.c.dedupe_key).where(events.c.dedupe_key.in_(bindparam("keys", expanding=True)))
FINAL_TRIES = 5  # while a transaction is about to commit
FINAL_SECONDS = 0.01  # between two of them


class EventStore:
    """All events. A reader gets them in the order of their ids, each once it is final: none comes in between later."""

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
        return _record_group(self._database.write_keyed, group)

    def of_call(self, call_sid: str) -> list[Event]:
        """All events of one call, oldest first."""
        return self._database.fetch_all(
            Event, _SELECT.where(events.c.call_sid == call_sid).order_by(events.c.id)
        )

    def after(self, event_id: int, limit: int = 500) -> list[Event]:
        """The next final events of all calls, in the order of their ids."""
        last_id = self.last_id()
        if last_id <= event_id:
            return []
        newer = _SELECT.where(events.c.id > event_id, events.c.id <= last_id)
        return self._database.fetch_all(Event, newer.order_by(events.c.id).limit(limit))

    def last_id(self) -> int:
        """The id of the newest final event; 0 if there is none.

        On PostgreSQL, wait a moment for transactions that are about to commit.
        """
        if self._database.is_sqlite:
            return int(self._database.read(lambda connection: connection.execute(_COUNTED).scalar_one()))
        for tries_left in reversed(range(FINAL_TRIES)):
            last_id, next_id = self._database.read(move_on)
            if next_id <= last_id or not tries_left:
                break
            if tries_left < FINAL_TRIES - 1:
                time.sleep(FINAL_SECONDS)
        return last_id

    def newest_of_call(self, call_sid: str) -> int:
        """The id of the call's newest event, final or not; 0 if it has none."""
        newest = select(func.max(events.c.id)).where(events.c.call_sid == call_sid)
        return self._database.read(lambda connection: connection.execute(newest).scalar()) or 0


def _record_group(write: Callable[..., list[bool]], group: Group[Report]) -> list[bool]:
    try:
        return write(lambda connection: _record(connection, group()))
    except IntegrityError:
        return write(lambda connection: _record_missing(connection, group()))


def _record(connection: Connection, reports: Sequence[Report]) -> list[bool]:
    """Record the reports that are new; True for each of them.

    On SQLite they are presumed to be new: raises IntegrityError if one is recorded already.
    """
    if connection.dialect.name == "sqlite":
        return _record_on_sqlite(connection, reports)
    is_new = insert_new(connection, [event for event, _ in reports])
    apply_reports(connection, [report for report, new in zip(reports, is_new, strict=True) if new])
    return is_new


def _record_on_sqlite(connection: Connection, reports: Sequence[Report]) -> list[bool]:
    add_events(connection, [event for event, _ in reports])
    apply_reports(connection, reports)
    return [True] * len(reports)


def _record_missing(connection: Connection, reports: Sequence[Report]) -> list[bool]:
    """Record on SQLite the reports that are not recorded already; True for each of them."""
    keys = [event.dedupe_key for event, _ in reports]
    is_new = are_new(keys, connection.execute(_KNOWN_KEYS, {"keys": keys}).scalars())
    new = [report for report, new in zip(reports, is_new, strict=True) if new]
    if new:
        _record_on_sqlite(connection, new)
    return is_new
