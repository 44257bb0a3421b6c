"""Rules as they are kept: which are switched on, and which call each has been applied to.

A rule applies to a call once. Who applies it is settled by one insert: of several workers, one gets the call.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Index,
    Integer,
    Select,
    String,
    Table,
    Text,
    case,
    delete,
    exists,
    func,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from voice.calls import TERMINAL_RANK
from voice.events import NewEvent, iso, now
from voice.registry.database import Database
from voice.registry.numbering import add_event, take
from voice.registry.schema import Json, Number, UtcDateTime, calls, metadata

CEILING = "cost_ceiling"  # the rule whose ceiling an outgoing call is given when it is made
LEASE_SECONDS = 30.0  # longer than a command takes; then whoever claimed the call is presumed dead

rules = Table(
    "rules",
    metadata,
    Column("id", Number, primary_key=True, autoincrement=False),
    Column("name", String(64), nullable=False, unique=True),
    Column("enabled", Boolean, nullable=False),
    Column("ready_made", String(64)),
    Column("params", Json, nullable=False),
    Column("steps", Json, nullable=False),
    Column("changed_by", String(80), nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
)

rule_hits = Table(
    "rule_hits",
    metadata,
    Column("rule_id", Number, primary_key=True, autoincrement=False),
    Column("step", Integer, primary_key=True, autoincrement=False),
    Column("call_sid", String(34), primary_key=True),
    Column("claimed_at", UtcDateTime, nullable=False),
    Column("finished_at", UtcDateTime),
    Column("command_id", BigInteger),
    Column("message", Text),
)
IS_OPEN = text("finished_at IS NULL")
Index("rule_hits_open", rule_hits.c.claimed_at, sqlite_where=IS_OPEN, postgresql_where=IS_OPEN)


@dataclass(frozen=True)
class Rule:
    """One rule as it was stored: its own steps, or the name of a ready-made one with its parameters."""

    id: int
    name: str
    enabled: bool
    ready_made: str | None
    params: dict[str, Any]
    steps: list[dict[str, Any]]
    changed_by: str
    changed_at: datetime

    def as_json(self) -> dict[str, Any]:
        """The rule as the feed shows it."""
        return {**vars(self), "changed_at": iso(self.changed_at)}


@dataclass(frozen=True)
class CallMatch:
    """Which calls a rule is for. A number that ends in `*` stands for all that begin so."""

    from_: str | None = None
    to: str | None = None
    direction: str | None = None
    scenes: tuple[str, ...] = ()
    lasted_seconds: float | None = None
    waited_seconds: float | None = None


_FIELDS = [rules.c[name] for name in Rule.__dataclass_fields__]


class RuleLog:
    """All rules, by name. Each change is an event, in the same transaction."""

    def __init__(self, database: Database):
        self._database = database

    def all(self) -> list[Rule]:
        """Every rule that was stored, switched on or not."""
        query = select(*_FIELDS).order_by(rules.c.name)
        return [Rule(**row._mapping) for row in self._database.read(lambda c: c.execute(query).all())]

    def get(self, name: str) -> Rule | None:
        """The rule, or None."""
        query = select(*_FIELDS).where(rules.c.name == name)
        row = self._database.read(lambda connection: connection.execute(query).first())
        return Rule(**row._mapping) if row else None

    def ceiling_seconds(self) -> int | None:
        """The lowest ceiling that a rule puts on how long any call may last; None if there is none."""
        query = select(rules.c.params).where(rules.c.enabled, rules.c.ready_made == CEILING)
        found = self._database.read(lambda connection: list(connection.execute(query).scalars()))
        return min((params["minutes"] * 60 for params in found), default=None)

    def hits(self) -> dict[int, int]:
        """To how many calls each rule, by its id, has been applied."""
        query = select(rule_hits.c.rule_id, func.count(rule_hits.c.call_sid.distinct())).group_by(
            rule_hits.c.rule_id
        )
        return {row[0]: row[1] for row in self._database.read(lambda c: c.execute(query).all())}

    def make(self, name: str, operator: str, **values: Any) -> Rule | None:
        """The new rule; None if there is one of that name."""
        row = {"name": name, **values, "changed_by": operator, "changed_at": now()}

        def work(connection: Connection) -> Rule:
            rule_id = take(connection)
            connection.execute(rules.insert(), {**row, "id": rule_id})
            return _told(connection, "rule.made", operator, Rule(id=rule_id, **row), rule_id)

        try:
            return self._database.write_patiently(work)
        except IntegrityError:
            return None

    def change(self, name: str, operator: str, **values: Any) -> Rule | None:
        """The rule as it then is, or None. What it was applied to before it is not applied to again."""
        changed = {**values, "changed_by": operator, "changed_at": now()}
        statement = update(rules).where(rules.c.name == name).values(**changed).returning(*_FIELDS)

        def work(connection: Connection) -> Rule | None:
            event_id = take(connection)
            row = connection.execute(statement).first()
            return (
                _told(connection, "rule.changed", operator, Rule(**row._mapping), event_id) if row else None
            )

        return self._database.write_patiently(work)

    def remove(self, name: str, operator: str) -> Rule | None:
        """The rule, which is gone with all that it remembered; or None."""

        def work(connection: Connection) -> Rule | None:
            event_id = take(connection)
            row = connection.execute(delete(rules).where(rules.c.name == name).returning(*_FIELDS)).first()
            if row is None:
                return None
            connection.execute(delete(rule_hits).where(rule_hits.c.rule_id == row.id))
            return _told(connection, "rule.removed", operator, Rule(**row._mapping), event_id)

        return self._database.write_patiently(work)

    def take_calls(self, rule_id: int, step: int, match: CallMatch, limit: int) -> list[str]:
        """CallSids that the step is to be applied to now, claimed for this worker.

        Among them are those whose worker has died over it. Nothing is written where nothing matches.
        """
        mine = (rule_hits.c.rule_id == rule_id) & (rule_hits.c.step == step)
        known = exists().where(mine, rule_hits.c.call_sid == calls.c.call_sid)
        wanted = _matching(match).where(~known).order_by(calls.c.started_at).limit(limit)
        found = self._database.read(lambda connection: list(connection.execute(wanted).scalars()))
        claimed = self._database.write(lambda c: _claim(c, rule_id, step, found)) if found else []
        return claimed or self._take_over(mine, limit)

    def finish(
        self, rule: Rule, step: int, call_sid: str, message: str | None, command_id: int | None
    ) -> None:
        """What came of applying a step to a call, once."""
        here = (rule_hits.c.rule_id == rule.id) & (rule_hits.c.step == step)
        open_ = here & (rule_hits.c.call_sid == call_sid) & rule_hits.c.finished_at.is_(None)
        values = {"finished_at": now(), "message": message, "command_id": command_id}
        details = {"rule": rule.name, "step": step, "message": message}

        def work(connection: Connection) -> None:
            event_id = take(connection)
            if connection.execute(update(rule_hits).where(open_).values(**values)).rowcount:
                event = NewEvent(
                    "rule.applied", f"rule:{rule.name}", call_sid, details, command_id=command_id
                )
                add_event(connection, event, event_id)

        self._database.write_patiently(work)

    def _take_over(self, mine: Any, limit: int) -> list[str]:
        late = IS_OPEN, rule_hits.c.claimed_at < now() - timedelta(seconds=LEASE_SECONDS)
        abandoned = select(rule_hits.c.call_sid).where(mine, *late).limit(limit)
        found = self._database.read(lambda connection: list(connection.execute(abandoned).scalars()))
        if not found:
            return []
        claim = update(rule_hits).where(mine, rule_hits.c.call_sid.in_(found), *late).values(claimed_at=now())
        return self._database.write(
            lambda connection: list(connection.execute(claim.returning(rule_hits.c.call_sid)).scalars())
        )


def _claim(connection: Connection, rule_id: int, step: int, call_sids: list[str]) -> list[str]:
    rows = [
        {"rule_id": rule_id, "step": step, "call_sid": sid, "claimed_at": now()} for sid in sorted(call_sids)
    ]
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    claim = dialect.insert(rule_hits).values(rows).on_conflict_do_nothing()
    return list(connection.execute(claim.returning(rule_hits.c.call_sid)).scalars())


def _answered_at() -> Any:
    """Twilio answers what comes in at once, and says so only when it comes for the next scene."""
    told = func.coalesce(calls.c.answered_at, calls.c.started_at, type_=UtcDateTime)
    return case((calls.c.direction == "inbound", calls.c.started_at), else_=told)


def _matching(match: CallMatch) -> Select[Any]:
    """Live calls that were answered: what is incoming is, as soon as it has been given a scene."""
    answered = or_(
        calls.c.status == "in-progress", (calls.c.direction == "inbound") & calls.c.scene.is_not(None)
    )
    statement = select(calls.c.call_sid).where(calls.c.status_rank < TERMINAL_RANK, answered)
    for column, wanted in ((calls.c.from_number, match.from_), (calls.c.to_number, match.to)):
        if wanted is not None:
            statement = statement.where(_number_is(column, wanted))
    if match.direction:
        statement = statement.where(calls.c.direction.startswith(match.direction))
    if match.scenes:
        statement = statement.where(calls.c.scene.in_(match.scenes))
    if match.lasted_seconds is not None:
        statement = statement.where(_answered_at() <= now() - timedelta(seconds=match.lasted_seconds))
    if match.waited_seconds is not None:
        statement = statement.where(calls.c.place_since <= now() - timedelta(seconds=match.waited_seconds))
    return statement


def _number_is(column: Any, wanted: str) -> Any:
    prefix = wanted.removesuffix("*")
    return column == wanted if prefix == wanted else column.startswith(prefix, autoescape=True)


def _told(connection: Connection, kind: str, source: str, rule: Rule, event_id: int) -> Rule:
    add_event(connection, NewEvent(kind, source, None, {"rule": rule.as_json()}), event_id)
    return rule
