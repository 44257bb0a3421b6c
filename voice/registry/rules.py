"""The store of rules. Each change of a rule is an event, in the same transaction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, func, select, update
from sqlalchemy.exc import IntegrityError

from voice.event_kinds import KindName
from voice.events import NewEvent, now
from voice.json_record import JsonRecord, UtcTime
from voice.registry.engine.database import Database
from voice.registry.engine.sequence import add_event, lock_sequence, take_ids
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

    def create(self, name: str, operator: str, **values: Any) -> Rule | None:
        """A new rule; None if there is one with this name."""
        row = {"name": name, **values, "changed_by": operator, "changed_at": now()}

        def work(connection: Connection) -> Rule:
            rule_id = take_ids(connection)
            connection.execute(rules.insert(), {**row, "id": rule_id})
            rule = Rule(id=rule_id, **row)
            add_event(connection, _event("rule.made", operator, rule), rule_id)
            return rule

        try:
            return self._database.write_patiently(work)
        except IntegrityError:
            return None

    def change(self, name: str, operator: str, **values: Any) -> Rule | None:
        """Change the rule; None if there is none. It is not applied again to calls that it was applied to."""
        changed = {**values, "changed_by": operator, "changed_at": now()}
        statement = update(rules).where(rules.c.name == name).values(**changed).returning(*_FIELDS)

        def work(connection: Connection) -> Rule | None:
            lock_sequence(connection)
            row = connection.execute(statement).first()
            if row is None:
                return None
            rule = Rule(**row._mapping)
            add_event(connection, _event("rule.changed", operator, rule))
            return rule

        return self._database.write_patiently(work)

    def remove(self, name: str, operator: str) -> Rule | None:
        """Remove the rule and its record of calls; None if there is no such rule."""
        statement = delete(rules).where(rules.c.name == name).returning(*_FIELDS)

        def work(connection: Connection) -> Rule | None:
            lock_sequence(connection)
            row = connection.execute(statement).first()
            if row is None:
                return None
            rule = Rule(**row._mapping)
            connection.execute(delete(rule_hits).where(rule_hits.c.rule_id == rule.id))
            add_event(connection, _event("rule.removed", operator, rule))
            return rule

        return self._database.write_patiently(work)


def _event(kind: KindName, source: str, rule: Rule) -> NewEvent:
    return NewEvent(kind, source, None, {"rule": rule.as_json()})
