"""The store of rule hits: the calls that each step of a rule was applied to.

A hit is claimed by one INSERT, so one of several workers gets the call.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, exists, select, update

from voice.events import NewEvent, now
from voice.registry.call_match import CallMatch, matching_calls
from voice.registry.claims import Claim, Claims
from voice.registry.engine.clock import database_time
from voice.registry.engine.database import Database
from voice.registry.engine.sequence import add_event, lock_sequence
from voice.registry.schema.calls import calls
from voice.registry.schema.rules import HIT_IS_OPEN, rule_hits

LEASE_SECONDS = 30.0  # for the record of the command; a worker that takes over later finds that record


@dataclass(frozen=True)
class RuleHit:
    """A call that a step of a rule is to be applied to, and the number of the attempt."""

    rule_id: int
    step: int
    call_sid: str
    attempt: int = 1
    fence: int = 1

    @property
    def claim(self) -> Claim:
        """The claim of the worker that has read the hit."""
        return Claim(HIT_CLAIMS, (self.rule_id, self.step, self.call_sid), self.fence)

    @property
    def key(self) -> str:
        """The idempotency key of the command: it runs once, whichever worker tries."""
        suffix = "" if self.attempt == 1 else f":{self.attempt}"
        return f"rule:{self.rule_id}.{self.step}:{self.call_sid}{suffix}"


HIT_CLAIMS = Claims(rule_hits)
_FIELDS = [rule_hits.c[name] for name in RuleHit.__dataclass_fields__]


class RuleHitStore:
    """The claims of all rules on calls. A step of a rule is applied to a call once."""

    def __init__(self, database: Database, owner: str):
        self._database, self._owner = database, owner

    def claim(self, rule_id: int, step: int, match: CallMatch, limit: int) -> list[RuleHit]:
        """Calls to apply the step to now, claimed for this worker. Calls of a worker that has died are among them.

        Nothing is written if no call matches.
        """
        of_step = (rule_hits.c.rule_id == rule_id) & (rule_hits.c.step == step)
        known = exists().where(of_step, rule_hits.c.call_sid == calls.c.call_sid)
        new = matching_calls(match).where(~known).order_by(calls.c.started_at).limit(limit)
        hits = [RuleHit(rule_id, step, call_sid) for call_sid in sorted(self._database.fetch_column(new))]
        return (self._claim_new(hits) if hits else []) or self._claim_abandoned(of_step, limit)

    def retry(self, hit: RuleHit, after_seconds: float) -> None:
        """Let any worker claim the hit again after a while: nothing was done."""
        values = {**HIT_CLAIMS.renew(after_seconds), "attempt": hit.attempt + 1}
        self._database.execute_patiently(update(rule_hits).where(_is_current(hit)).values(values))

    def finish(self, hit: RuleHit, rule: str, message: str | None, command_id: int | None) -> None:
        """Record the outcome once, with the event. `rule` is the rule's name."""
        values = {"finished_at": now(), "message": message, "command_id": command_id}
        details = {"rule": rule, "step": hit.step, "message": message}
        event = NewEvent("rule.applied", f"rule:{rule}", hit.call_sid, details, command_id=command_id)

        def work(connection: Connection) -> None:
            lock_sequence(connection)
            if connection.execute(update(rule_hits).where(_is_current(hit)).values(**values)).rowcount:
                add_event(connection, event)

        self._database.write_patiently(work)

    def _claim_new(self, hits: list[RuleHit]) -> list[RuleHit]:
        lease = {"claimed_by": self._owner, "claimed_at": database_time(), **HIT_CLAIMS.renew(LEASE_SECONDS)}
        insert = self._database.insert_into(rule_hits).values([{**vars(hit), **lease} for hit in hits])
        claim = insert.on_conflict_do_nothing().returning(*_FIELDS)
        return self._database.write(lambda c: [RuleHit(**row._mapping) for row in c.execute(claim)])

    def _claim_abandoned(self, of_step: ColumnElement[bool], limit: int) -> list[RuleHit]:
        late = of_step & HIT_CLAIMS.is_free
        abandoned = select(rule_hits.c.call_sid).where(HIT_IS_OPEN, late).limit(limit)
        found = self._database.fetch_column(abandoned)
        if not found:
            return []
        claim = update(rule_hits).where(HIT_IS_OPEN, late, rule_hits.c.call_sid.in_(found))
        claimed = claim.values(HIT_CLAIMS.take(self._owner, LEASE_SECONDS)).returning(*_FIELDS)
        return self._database.write(lambda c: [RuleHit(**row._mapping) for row in c.execute(claimed)])


def _is_current(hit: RuleHit) -> ColumnElement[bool]:
    """This claim, unless the hit is finished."""
    return rule_hits.c.finished_at.is_(None) & HIT_CLAIMS.is_of(hit.claim)
