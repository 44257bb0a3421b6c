"""Rules as they are kept: which there are, and which are switched on. Each change of one is an event."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Connection,
    delete,
    func,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

from voice.event_kinds import KindName
from voice.events import NewEvent, now
from voice.json_record import JsonRecord, UtcTime
from voice.registry.engine.database import Database
from voice.registry.engine.sequence import add_event, hold, take
from voice.registry.schema.rules import rule_hits, rules


@dataclass(frozen=True)
class Rule(JsonRecord):
    """One rule as it was stored: its own steps, or the name of a ready-made one with its parameters."""

    id: int
    name: str
    enabled: bool
    ready_made: str | None
    params: dict[str, Any]
    steps: list[dict[str, Any]]
    changed_by: str
    changed_at: UtcTime


_FIELDS = [rules.c[name] for name in Rule.__dataclass_fields__]


class RuleStore:
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

    def call_counts(self) -> dict[int, int]:
        """To how many calls each rule, by its id, has been applied."""
        query = select(rule_hits.c.rule_id, func.count(rule_hits.c.call_sid.distinct())).group_by(
            rule_hits.c.rule_id
        )
        return {row[0]: row[1] for row in self._database.read(lambda c: c.execute(query).all())}

    def create(self, name: str, operator: str, **values: Any) -> Rule | None:
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
            hold(connection)
            row = connection.execute(delete(rules).where(rules.c.name == name).returning(*_FIELDS)).first()
            if row is None:
                return None
            connection.execute(delete(rule_hits).where(rule_hits.c.rule_id == row.id))
            return _told(connection, "rule.removed", operator, Rule(**row._mapping))

        return self._database.write_patiently(work)


def _told(
    connection: Connection, kind: KindName, source: str, rule: Rule, event_id: int | None = None
) -> Rule:
    add_event(connection, NewEvent(kind, source, None, {"rule": rule.as_json()}), event_id)
    return rule
