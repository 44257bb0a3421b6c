"""Registry: where calls and events are kept, and the only code that speaks SQL."""

from __future__ import annotations

from voice.errors import RegistryUnavailable
from voice.registry.bulk import BulkItem, BulkRun, BulkStore, Outcome
from voice.registry.bulk_claims import BulkClaims
from voice.registry.calls import CallQuery, CallStore
from voice.registry.commands import CommandRecord, CommandStore
from voice.registry.conferences import ConferenceStore
from voice.registry.emergency import EmergencyStop, EmergencyStore
from voice.registry.engine.database import Database
from voice.registry.engine.schema_version import head, revision
from voice.registry.events import EventStore
from voice.registry.figures import FigureStore, Span
from voice.registry.links import LinkStore
from voice.registry.operators import OperatorStore
from voice.registry.plans import Plan, PlanQuery, PlanStore
from voice.registry.rule_hits import CallMatch, RuleHitStore
from voice.registry.rules import Rule, RuleStore
from voice.registry.sessions import SessionStore
from voice.registry.throttle import ThrottleStore
from voice.registry.tokens import Token, TokenStore

__all__ = [
    "BulkClaims",
    "BulkItem",
    "BulkRun",
    "BulkStore",
    "CallMatch",
    "CallQuery",
    "CallStore",
    "CommandRecord",
    "CommandStore",
    "EmergencyStop",
    "EventStore",
    "Outcome",
    "Plan",
    "PlanQuery",
    "PlanStore",
    "Registry",
    "Rule",
    "RuleStore",
    "Span",
    "Token",
    "TokenStore",
]  # fmt: skip


class Registry:
    """One database and what is kept in it: `calls`, `commands`, `plans`, `rules`, `bulk`, `tokens`."""

    def __init__(self, url: str):
        self.database = Database(url)
        self.events = EventStore(self.database)
        self.calls = CallStore(self.database, self.events)
        self.commands = CommandStore(self.database)
        self.conferences = ConferenceStore(self.database)
        self.plans = PlanStore(self.database)
        self.bulk = BulkStore(self.database)
        self.rules = RuleStore(self.database)
        self.rule_hits = RuleHitStore(self.database)
        self.emergency = EmergencyStore(self.database)
        self.tokens = TokenStore(self.database)
        self.figures = FigureStore(self.database)
        self.operators = OperatorStore(self.database)
        self.sessions = SessionStore(self.database)
        self.links = LinkStore(self.database)
        self.throttle = ThrottleStore(self.database)

    def problem(self) -> str | None:
        """What keeps the database from being used now, in words; None when all is well."""
        try:
            found = self.database.read(revision)
        except RegistryUnavailable as error:
            return error.message
        return (
            None
            if found == head()
            else f"its schema is {found or 'empty'}, not {head()}: run `flask migrate`"
        )

    def close(self) -> None:
        """Close all connections."""
        self.database.close()
