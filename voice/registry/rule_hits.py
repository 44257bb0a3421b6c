"""Which call each rule was applied to: claimed by one insert, so that of several workers one gets the call."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import (
    Connection,
    Select,
    and_,
    case,
    exists,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from voice.calls import TERMINAL_RANK
from voice.events import NewEvent, now
from voice.registry.engine.database import Database
from voice.registry.engine.sequence import add_event, hold
from voice.registry.schema.calls import calls
from voice.registry.schema.columns import UtcDateTime
from voice.registry.schema.rules import HIT_IS_OPEN, rule_hits

LEASE_SECONDS = 30.0  # longer than a command takes; then whoever claimed the call is presumed dead


@dataclass(frozen=True)
class CallMatch:
    """Which calls a rule is for. A number that ends in `*` stands for all that begin so."""

    from_: str | None = None
    to: str | None = None
    direction: str | None = None
    scenes: tuple[str, ...] = ()
    lasted_seconds: float | None = None
    waited_seconds: float | None = None


@dataclass(frozen=True)
class RuleHit:
    """A call that a step of a rule is to be applied to, and which attempt that is."""

    rule_id: int
    step: int
    call_sid: str
    attempt: int = 1

    @property
    def key(self) -> str:
        """The idempotency key of its command, so that it runs once whoever tries."""
        again = "" if self.attempt == 1 else f":{self.attempt}"
        return f"rule:{self.rule_id}.{self.step}:{self.call_sid}{again}"


_HIT = [rule_hits.c[name] for name in RuleHit.__dataclass_fields__]


class RuleHitStore:
    """The claims of all rules on calls. A step of a rule is applied to a call once."""

    def __init__(self, database: Database):
        self._database = database

    def claim(self, rule_id: int, step: int, match: CallMatch, limit: int) -> list[RuleHit]:
        """Calls that the step is to be applied to now, claimed for this worker.

        Among them are those whose worker has died over it. Nothing is written where nothing matches.
        """
        mine = (rule_hits.c.rule_id == rule_id) & (rule_hits.c.step == step)
        known = exists().where(mine, rule_hits.c.call_sid == calls.c.call_sid)
        wanted = _matching(match).where(~known).order_by(calls.c.started_at).limit(limit)
        found = self._database.read(lambda connection: list(connection.execute(wanted).scalars()))
        hits = [RuleHit(rule_id, step, call_sid) for call_sid in sorted(found)]
        return (self._claimed(hits) if hits else []) or self._taken_over(mine, limit)

    def retry(self, hit: RuleHit, after_seconds: float) -> None:
        """Nothing was done: any worker takes it up again after a while."""
        until = now() + timedelta(seconds=after_seconds - LEASE_SECONDS)
        statement = update(rule_hits).where(_is(hit)).values(claimed_at=until, attempt=hit.attempt + 1)
        self._database.write_patiently(lambda connection: connection.execute(statement))

    def finish(self, hit: RuleHit, rule: str, message: str | None, command_id: int | None) -> None:
        """What came of applying a rule, given by its name, to a call; told once."""
        values = {"finished_at": now(), "message": message, "command_id": command_id}
        details = {"rule": rule, "step": hit.step, "message": message}
        event = NewEvent("rule.applied", f"rule:{rule}", hit.call_sid, details, command_id=command_id)

        def work(connection: Connection) -> None:
            hold(connection)
            if connection.execute(update(rule_hits).where(_is(hit)).values(**values)).rowcount:
                add_event(connection, event)

        self._database.write_patiently(work)

    def _claimed(self, hits: list[RuleHit]) -> list[RuleHit]:
        rows = [{**vars(hit), "claimed_at": now()} for hit in hits]
        dialect = sqlite if self._database.is_sqlite else postgresql
        claim = dialect.insert(rule_hits).values(rows).on_conflict_do_nothing().returning(*_HIT)
        return self._database.write(lambda c: [RuleHit(**row._mapping) for row in c.execute(claim)])

    def _taken_over(self, mine: Any, limit: int) -> list[RuleHit]:
        late = HIT_IS_OPEN, rule_hits.c.claimed_at < now() - timedelta(seconds=LEASE_SECONDS)
        abandoned = select(rule_hits.c.call_sid).where(mine, *late).limit(limit)
        found = self._database.read(lambda connection: list(connection.execute(abandoned).scalars()))
        if not found:
            return []
        claim = update(rule_hits).where(mine, rule_hits.c.call_sid.in_(found), *late).values(claimed_at=now())
        return self._database.write(
            lambda c: [RuleHit(**row._mapping) for row in c.execute(claim.returning(*_HIT))]
        )


def _is(hit: RuleHit) -> Any:
    """This attempt, while nobody has finished it."""
    same = (rule_hits.c[name] == value for name, value in vars(hit).items())
    return and_(rule_hits.c.finished_at.is_(None), *same)


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
