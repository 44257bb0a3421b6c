"""Calls as they are kept: what a webhook, a command or Twilio's API said of them, and how to find them."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Select, bindparam, or_, select, tuple_, union, update

from voice.calls import RANKS, TERMINAL_RANK, Call, CallFacts, is_call_sid
from voice.errors import Malformed
from voice.event_kinds import KindName
from voice.events import NewEvent, now
from voice.registry.engine.database import Database, in_turns
from voice.registry.events import EventStore
from voice.registry.schema.calls import calls
from voice.registry.schema.commands import command_legs, commands

_RENAMED = {"from_": "from_number", "to": "to_number"}
FIELDS = [calls.c[_RENAMED.get(name, name)].label(name) for name in Call.__dataclass_fields__]


_SIDS: Any = bindparam("call_sids", expanding=True)
_BY_SID = select(*FIELDS).where(calls.c.call_sid.in_(_SIDS))
_LINKED = union(
    select(calls.c.call_sid).where(calls.c.call_sid.in_(_SIDS), calls.c.parent_call_sid.is_not(None)),
    select(calls.c.parent_call_sid).where(
        calls.c.parent_call_sid.in_(_SIDS), calls.c.status_rank < TERMINAL_RANK
    ),
)


@dataclass(frozen=True)
class CallQuery:
    """What to list: the filters of `GET /admin/calls`. `status` may hold `live`, `ended` and Twilio's words."""

    status: tuple[str, ...] = ()
    from_: str | None = None
    to: str | None = None
    scene: str | None = None
    operator: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    q: str | None = None
    limit: int = 50
    cursor: str | None = None


class CallStore:
    """The registry of calls, each by its CallSid."""

    def __init__(self, database: Database, events: EventStore):
        self._database, self._events = database, events

    def reconcile(self, facts: CallFacts, kind: KindName) -> bool:
        """Write down what Twilio's API said of a call, if that is news: a status of a higher rank."""
        known, status = self.get(facts.call_sid), facts.status or "queued"
        if known and RANKS[status] <= RANKS[known.status]:
            return False
        key = f"{kind}:{facts.call_sid}:{status}"
        event = NewEvent(kind, "twilio", facts.call_sid, {"status": status}, key)
        return self._events.record_patiently(event, facts)

    def get(self, call_sid: str) -> Call | None:
        """The call, or None; also for what could be no CallSid and no database would take."""
        if not is_call_sid(call_sid):
            return None
        query = select(*FIELDS).where(calls.c.call_sid == call_sid)
        row = self._database.read(lambda connection: connection.execute(query).first())
        return Call(**row._mapping) if row else None

    def get_many(self, call_sids: Sequence[str]) -> dict[str, Call]:
        """Those of the calls that are known, by CallSid."""
        found = (row for some in in_turns(call_sids) for row in self._rows(_BY_SID, some))
        return {row.call_sid: Call(**row._mapping) for row in found}

    def with_legs(self, call_sids: Sequence[str]) -> set[str]:
        """Those of the calls that have live legs, or are a leg themselves."""
        return {row[0] for some in in_turns(call_sids) for row in self._rows(_LINKED, some)}

    def _rows(self, query: Any, call_sids: Sequence[str]) -> Sequence[Any]:
        return self._database.read(lambda c: c.execute(query, {"call_sids": call_sids}).all())

    def find(self, query: CallQuery) -> tuple[list[Call], str | None]:
        """One page of calls, newest first, and the cursor of the next page or None.

        Raises Malformed for a cursor that this list did not give out.
        """
        statement = _filtered(query).order_by(calls.c.started_at.desc(), calls.c.call_sid.desc())
        rows = self._database.read(
            lambda connection: connection.execute(statement.limit(query.limit + 1)).all()
        )
        found = [Call(**row._mapping) for row in rows[: query.limit]]
        return found, _cursor(found[-1]) if len(rows) > query.limit else None

    def related(self, call: Call) -> list[Call]:
        """The legs that belong together: the call's parent, its children and theirs, and not itself; oldest first."""
        root = call.parent_call_sid or call.call_sid
        related = or_(calls.c.call_sid == root, calls.c.parent_call_sid.in_({root, call.call_sid}))
        query = select(*FIELDS).where(related, calls.c.call_sid != call.call_sid).order_by(calls.c.started_at)
        return [Call(**row._mapping) for row in self._database.read(lambda c: c.execute(query).all())]

    def talking_to(self, call: Call) -> list[Call]:
        """Who is connected to the call by a Dial: a leg that was sent elsewhere, or into a room, is not any more."""
        if call.in_room or not call.live:
            return []
        if call.parent_call_sid and call.scene is None:
            return [
                other
                for other in self.related(call)
                if other.call_sid == call.parent_call_sid and _talks(other)
            ]
        return [
            other
            for other in self.related(call)
            if other.parent_call_sid == call.call_sid and other.scene is None and _talks(other)
        ]

    def claim_quiet(self, quiet_seconds: float, again_seconds: float = 60.0, limit: int = 50) -> list[str]:
        """CallSids of live calls that nobody heard of for a while, claimed for one question to Twilio each.

        The claim is one conditional UPDATE, so that with several workers a call is asked about once a minute. Those
        that were asked about longest ago come first: calls that nobody can tell about do not keep others waiting.
        """
        moment = now()
        due = (calls.c.heard_at < moment - timedelta(seconds=quiet_seconds)) & or_(
            calls.c.asked_at.is_(None), calls.c.asked_at < moment - timedelta(seconds=again_seconds)
        )
        live = calls.c.status_rank < TERMINAL_RANK
        candidates = select(calls.c.call_sid).where(live, due).order_by(*_LONGEST_UNASKED).limit(limit)
        claim = update(calls).where(calls.c.call_sid.in_(candidates), live, due).values(asked_at=moment)
        return self._database.write(lambda c: list(c.execute(claim.returning(calls.c.call_sid)).scalars()))


_LONGEST_UNASKED = (calls.c.asked_at.asc().nulls_first(), calls.c.heard_at)


def _talks(call: Call) -> bool:
    return call.status == "in-progress" and not call.in_room


def _filtered(query: CallQuery) -> Select[Any]:
    statement = select(*FIELDS)
    for column, wanted in (
        (calls.c.from_number, query.from_),
        (calls.c.to_number, query.to),
        (calls.c.scene, query.scene),
    ):
        if wanted is not None:
            statement = statement.where(column == wanted)
    if query.operator is not None:
        statement = statement.where(calls.c.call_sid.in_(_asked_by(query.operator)))
    if query.status:
        statement = statement.where(_status_is(query.status))
    if query.since:
        statement = statement.where(calls.c.started_at >= query.since)
    if query.until:
        statement = statement.where(calls.c.started_at < query.until)
    if query.q:
        sought = (calls.c.call_sid, calls.c.from_number, calls.c.to_number)
        statement = statement.where(or_(*(column.contains(query.q, autoescape=True) for column in sought)))
    if query.cursor:
        statement = statement.where(tuple_(calls.c.started_at, calls.c.call_sid) < _place(query.cursor))
    return statement


def _asked_by(operator: str) -> Select[Any]:
    """The calls that an operator's commands were for, or moved along with another call."""
    mine = commands.c.operator == operator
    moved = select(command_legs.c.call_sid).join(commands, commands.c.id == command_legs.c.command_id)
    return select(commands.c.call_sid).where(mine).union(moved.where(mine)).subquery().select()


def _status_is(words: tuple[str, ...]) -> Any:
    live = calls.c.status_rank < TERMINAL_RANK
    groups = {"live": live, "ended": calls.c.status_rank == TERMINAL_RANK}
    return or_(*(groups.get(word, calls.c.status == word) for word in words))


def _cursor(last: Call) -> str:
    return (
        base64.urlsafe_b64encode(f"{last.started_at.isoformat()} {last.call_sid}".encode())
        .decode()
        .rstrip("=")
    )


def _place(cursor: str) -> Any:
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        text, _, call_sid = base64.urlsafe_b64decode(padded).decode().partition(" ")
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is not None and is_call_sid(call_sid):
            return tuple_(moment.astimezone(UTC), call_sid)
    except (ValueError, OverflowError):
        pass
    raise Malformed("cursor is not one that this list gave out")
