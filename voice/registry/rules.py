"""The store of rules. Each change of a rule is an event, in the same transaction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Executable, delete, func, select, update
from sqlalchemy.exc import IntegrityError

from voice.audit import Actor, NewAuditEntry
from voice.event_kinds import KindName
from voice.events import NewEvent, now
from voice.json_record import JsonRecord, UtcTime
from voice.registry.engine.audit_chain import write_audited
from voice.registry.engine.database import Database, Work
from voice.registry.engine.sequence import add_event, lock_sequence, take_id
from voice.registry.schema.rules import rule_hits, rules


@dataclass(frozen=True)
class Rule(JsonRecord):
    """One stored rule: its own steps, or the name of a ready-made rule with parameters."""

    id: int
    name: str
    enabled: bool
    ready_made: str | None
    params: dict[str, Any]
    steps: list[dict[str, Any]]
    changed_by: str
    changed_at: UtcTime


_FIELDS = [rules.c[name] for name in Rule.__dataclass_fields__]
_SELECT = select(*_FIELDS)


class RuleStore:
    """All stored rules, by name."""

    def __init__(self, database: Database):
        self._database = database

    def all(self) -> list[Rule]:
        """All rules, enabled or not, by name."""
        return self._database.fetch_all(Rule, _SELECT.order_by(rules.c.name))

    def get(self, name: str) -> Rule | None:
        """The rule, or None."""
        return self._database.fetch_first(Rule, _SELECT.where(rules.c.name == name))

    def call_counts(self) -> dict[int, int]:
        """The number of calls that each rule was applied to, by the rule's id."""
        counted = func.count(rule_hits.c.call_sid.distinct())
        query = select(rule_hits.c.rule_id, counted).group_by(rule_hits.c.rule_id)
        return {row[0]: row[1] for row in self._database.fetch_rows(query)}

    def create(self, name: str, by: Actor, **values: Any) -> bool:
        """Create a rule; False if there is one with this name. Each change is also an entry of the audit trail."""
        row = {"name": name, **values, "changed_by": by.name, "changed_at": now()}

        def work(connection: Connection) -> None:
            rule_id = take_id(connection)
            connection.execute(rules.insert(), {**row, "id": rule_id})
            add_event(connection, _event("rule.made", by.name, Rule(id=rule_id, **row)), rule_id)

        try:
            write_audited(self._database, NewAuditEntry("rule.made", by, name, values), work)
        except IntegrityError:
            return False
        return True

    def change(self, name: str, by: Actor, **values: Any) -> bool:
        """Change the rule; False if there is none. It is not applied again to calls that it was applied to."""
        changed = {**values, "changed_by": by.name, "changed_at": now()}
        statement = update(rules).where(rules.c.name == name).values(**changed).returning(*_FIELDS)

        def work(connection: Connection) -> None:
            rule = _one_rule(connection, statement)
            add_event(connection, _event("rule.changed", by.name, rule))

        return self._write(NewAuditEntry("rule.changed", by, name, values), work)

    def remove(self, name: str, by: Actor) -> bool:
        """Remove the rule and its record of calls; False if there is no such rule."""
        statement = delete(rules).where(rules.c.name == name).returning(*_FIELDS)

        def work(connection: Connection) -> None:
            rule = _one_rule(connection, statement)
            connection.execute(delete(rule_hits).where(rule_hits.c.rule_id == rule.id))
            add_event(connection, _event("rule.removed", by.name, rule))

        return self._write(NewAuditEntry("rule.removed", by, name), work)

    def _write(self, entry: NewAuditEntry, work: Work[None]) -> bool:
        try:
            write_audited(self._database, entry, work)
        except _NoSuchRule:
            return False
        return True


class _NoSuchRule(Exception):
    """Rolls the transaction back: nothing was changed."""


def _one_rule(connection: Connection, statement: Executable) -> Rule:
    """The rule that the statement changes. Locks the sequence of events first. Raises _NoSuchRule."""
    lock_sequence(connection)
    row = connection.execute(statement).first()
    if row is None:
        raise _NoSuchRule
    return Rule(**row._mapping)


def _event(kind: KindName, source: str, rule: Rule) -> NewEvent:
    return NewEvent(kind, source, None, {"rule": rule.as_json()})
