"""Registry: where calls and events are kept, and the only code that speaks SQL."""

from __future__ import annotations

from voice.errors import RegistryUnavailable
from voice.registry.board import Board
from voice.registry.bulk import BulkItem, BulkLog, BulkRun, Outcome
from voice.registry.bulk_claims import BulkClaims
from voice.registry.calls import CallLog, CallQuery
from voice.registry.commands import CommandLog, CommandRecord
from voice.registry.conferences import RoomLog
from voice.registry.emergency import EmergencyLog, Stop
from voice.registry.engine.database import Database
from voice.registry.engine.schema_version import head, revision
from voice.registry.engine.sequence import LAST_ID
from voice.registry.figures import Figures, Span
from voice.registry.links import LinkLog
from voice.registry.operators import PeopleLog
from voice.registry.plans import Plan, PlanLog, PlanQuery
from voice.registry.rule_hits import CallMatch, RuleHits
from voice.registry.rules import Rule, RuleLog
from voice.registry.sessions import SessionLog
from voice.registry.throttle import Throttle
from voice.registry.tokens import Token, TokenLog

__all__ = [
    "BulkClaims",
    "BulkItem",
    "BulkLog",
    "BulkRun",
    "CallLog",
    "CallMatch",
    "CallQuery",
    "CommandLog",
    "CommandRecord",
    "Outcome",
    "Plan",
    "PlanLog",
    "PlanQuery",
    "Registry",
    "Rule",
    "RuleLog",
    "Span",
    "Stop",
    "Token",
    "TokenLog",
]  # fmt: skip


class Registry:
    """One database and what is kept in it: `calls`, `commands`, `plans`, `rules`, `bulk`, `tokens`."""

    def __init__(self, url: str):
        self.database = Database(url)
        self.calls = CallLog(self.database)
        self.commands = CommandLog(self.database)
        self.rooms = RoomLog(self.database)
        self.plans = PlanLog(self.database)
        self.bulk = BulkLog(self.database)
        self.board = Board(self.database)
        self.rules = RuleLog(self.database)
        self.rule_hits = RuleHits(self.database)
        self.emergency = EmergencyLog(self.database)
        self.tokens = TokenLog(self.database)
        self.figures = Figures(self.database)
        self.people = PeopleLog(self.database)
        self.sessions = SessionLog(self.database)
        self.links = LinkLog(self.database)
        self.throttle = Throttle(self.database)

    def last_event_id(self) -> int:
        """The number of the newest event that is committed; 0 when there is none."""
        return self.database.read(lambda connection: connection.execute(LAST_ID).scalar_one())

    def trouble(self) -> str | None:
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
