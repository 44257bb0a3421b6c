"""The registry: storage of calls, events, commands and everything else. The only code that speaks SQL."""

from __future__ import annotations

import secrets
from pathlib import Path

from voice.calls import CallFacts
from voice.errors import RegistryUnavailable
from voice.events import NewEvent
from voice.registry.audit import AuditQuery, AuditStore
from voice.registry.bulk import BulkRun, BulkStore
from voice.registry.bulk_claims import BulkClaims
from voice.registry.bulk_items import BulkItem, Outcome
from voice.registry.call_match import CallMatch
from voice.registry.call_query import CallQuery
from voice.registry.calls import CallStore
from voice.registry.command_outcomes import change_in
from voice.registry.command_record import CommandRecord
from voice.registry.commands import CommandStore
from voice.registry.conferences import ConferenceStore
from voice.registry.emergency import EmergencyStop, EmergencyStore
from voice.registry.engine.database import Database
from voice.registry.engine.schema_version import SchemaCheck, head, refuse_newer, revision
from voice.registry.events import EventStore
from voice.registry.figures import FigureStore
from voice.registry.links import LinkStore
from voice.registry.operators import OperatorStore
from voice.registry.plan_claims import PlanClaims
from voice.registry.plans import Plan, PlanQuery, PlanStore
from voice.registry.rule_hits import RuleHitStore
from voice.registry.rules import Rule, RuleStore
from voice.registry.scene_params import SceneParamStore
from voice.registry.sessions import SessionStore
from voice.registry.throttle import ThrottleStore
from voice.registry.time_span import Span
from voice.registry.tokens import Token, TokenStore
from voice.registry.workers import WorkerStore

__all__ = [
    "AuditQuery",
    "BulkClaims",
    "BulkItem",
    "BulkRun",
    "CallMatch",
    "CallQuery",
    "CommandRecord",
    "EmergencyStop",
    "Outcome",
    "Plan",
    "PlanQuery",
    "Registry",
    "Rule",
    "Span",
    "Token",
]


class Registry:
    """One database, with a store for each noun."""

    def __init__(self, url: str, folder: Path | None = None):
        """`folder`: where this host keeps what must be known while the database is unavailable."""
        self.database = database = Database(url)
        database.before_write = SchemaCheck()
        self.events = EventStore(database)
        self.calls = CallStore(database, self.events)
        self.conferences = ConferenceStore(database)
        self.owner = secrets.token_hex(8)  # of this process's claims
        self.commands = CommandStore(database, self.owner)
        self.plans = PlanStore(database)
        self.plan_claims = PlanClaims(database, self.owner)
        self.bulk = BulkStore(database)
        self.rules = RuleStore(database)
        self.rule_hits = RuleHitStore(database, self.owner)
        self.emergency = EmergencyStore(database, self.owner, folder)
        self.operators = OperatorStore(database)
        self.sessions = SessionStore(database)
        self.links = LinkStore(database)
        self.tokens = TokenStore(database)
        self.throttle = ThrottleStore(database)
        self.scene_params = SceneParamStore(database)
        self.figures = FigureStore(database)
        self.audit = AuditStore(database)
        self.workers = WorkerStore(database)

    def record(self, event: NewEvent, facts: CallFacts | None = None) -> None:
        """Record an event; or the outcome of a command that waited in the spool. Raises RegistryUnavailable."""
        change = change_in(event)
        if change is None:
            self.events.record(event, facts)
        else:
            self.commands.change(event.command_id or 0, change)

    def problem(self) -> str | None:
        """The reason why the database cannot be used now, for a person; None if it can."""
        try:
            found = self.database.read(revision)
            refuse_newer(found)
        except RegistryUnavailable as error:
            return error.message
        if found == head():
            return None
        return f"The schema is {found or 'empty'}, not {head()}. Run `flask migrate`."

    def close(self) -> None:
        """Close all connections."""
        self.database.close()
