"""Writing down what happened: events, and what they say of their calls, in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from sqlalchemy import Connection, bindparam, select
from sqlalchemy.exc import IntegrityError

from voice.calls import ENDED, CallFacts
from voice.events import Event, NewEvent
from voice.registry import commands
from voice.registry.engine.database import Database
from voice.registry.engine.group_commit import Group, GroupCommit
from voice.registry.engine.sequence import LAST_ID, add_events, hold
from voice.registry.engine.upsert import call_row, upsert_calls
from voice.registry.schema.events import events

Told = tuple[NewEvent, CallFacts | None]
_KNOWN_KEYS = select(events.c.dedupe_key).where(events.c.dedupe_key.in_(bindparam("keys", expanding=True)))

_EVENT = [events.c[name] for name in Event.__dataclass_fields__]


class EventStore:
    """All events, in the order of their commits."""

    def __init__(self, database: Database):
        self._database = database
        self._together = GroupCommit(self.record_all)
        self._patiently = GroupCommit(partial(_recorded, database.write_patiently), one_at_a_time=True)

    def record(self, event: NewEvent, facts: CallFacts | None = None) -> bool:
        """Write down an event with what it says of its call, and what follows for the commands of that call.

        False if the same event was told before: then nothing changes. Raises RegistryUnavailable.
        """
        return self._together.submit((event, facts))

    def record_all(self, told: Group[Told]) -> list[bool]:
        """The same for several, in their order, in one transaction; a second one where some were told before."""
        return _recorded(self._database.write, told)

    def record_patiently(self, event: NewEvent, facts: CallFacts | None = None) -> bool:
        """`record` for who would rather wait than ask again: everybody but a webhook."""
        return self._patiently.submit((event, facts))

    def of_call(self, call_sid: str) -> list[Event]:
        """The whole story of one call, oldest first."""
        query = select(*_EVENT).where(events.c.call_sid == call_sid).order_by(events.c.id)
        return [Event(**row._mapping) for row in self._database.read(lambda c: c.execute(query).all())]

    def after(self, event_id: int, limit: int = 500) -> list[Event]:
        """The next events of all calls, in the order of their commits."""
        query = select(*_EVENT).where(events.c.id > event_id).order_by(events.c.id).limit(limit)
        return [Event(**row._mapping) for row in self._database.read(lambda c: c.execute(query).all())]

    def last_id(self) -> int:
        """The number of the newest event that is committed; 0 when there is none."""
        return self._database.read(lambda connection: connection.execute(LAST_ID).scalar_one())


def _recorded(write: Callable[..., list[bool]], told: Group[Told]) -> list[bool]:
    try:
        return write(lambda connection: record_all(connection, told()))
    except IntegrityError:
        return write(lambda connection: record_new(connection, told()))


def record_all(connection: Connection, told: Sequence[Told]) -> list[bool]:
    """Store each event, and bring its call and its call's commands forward. All are new: True for each.

    Raises IntegrityError if one was told before; then `record_new` tells which.
    """
    add_events(connection, [event for event, _ in told])
    _bring_forward(connection, [(event, facts) for event, facts in told if facts is not None])
    _announce(connection, [event for event, facts in told if facts is None])
    return [True] * len(told)


def record_new(connection: Connection, told: Sequence[Told]) -> list[bool]:
    """`record_all` for those that were not told before; True for each of them.

    The counter is held all the while: nobody else records in between.
    """
    hold(connection)
    fresh = _not_told_before(connection, told)
    new = [pair for pair, is_fresh in zip(told, fresh, strict=True) if is_fresh]
    if new:
        record_all(connection, new)
    return fresh


def _not_told_before(connection: Connection, told: Sequence[Told]) -> list[bool]:
    keys = [event.dedupe_key for event, _ in told]
    seen = set(connection.execute(_KNOWN_KEYS, {"keys": keys}).scalars())
    fresh = []
    for key in keys:
        fresh.append(key is None or key not in seen)
        seen.add(key)
    return fresh


def _bring_forward(connection: Connection, told: list[tuple[NewEvent, CallFacts]]) -> None:
    """What the events say of their calls, then what that means for the commands on the way."""
    if not told:
        return
    arrived = {(event.command_id, facts.call_sid) for event, facts in told if event.command_id}
    known = commands.belonging(connection, arrived)
    rows = [call_row(facts, event.at, _epoch(event, facts, known)) for event, facts in told]
    upsert_calls(connection, rows)
    for command_id, call_sid in sorted(known):
        commands.arrive(connection, command_id, call_sid)
    for _, facts in told:
        if facts.status in ENDED:
            commands.call_ended(connection, facts.call_sid, facts.status)


def _announce(connection: Connection, told: list[NewEvent]) -> None:
    """What rooms tell of announcements, and forks of their failure, which say nothing of a call."""
    for event in told:
        failed = event.details.get("failed")
        if event.kind == "webhook.conference" and event.command_id:
            commands.announced(connection, event.command_id, failed)
        elif event.kind == "webhook.fork" and event.command_id and failed:
            commands.move(connection, event.command_id, "unconfirmed", f"Twilio reported: {failed}")


def _epoch(event: NewEvent, facts: CallFacts, known: set[commands.Arrival]) -> int:
    """The command that moved the call; what runs beside the call moves nobody."""
    if event.kind == "webhook.fork":
        return 0
    arrival = (event.command_id or 0, facts.call_sid)
    return arrival[0] if arrival in known else 0
