"""Claims: which process works on a row, and until when.

One kind of lease for all background work. A claim has an owner, a number that rises with each owner, and a deadline by
the database's clock. A process that stalls finds that its number is no longer the newest one: from then on it changes
nothing. Each table of work has the columns of `claim_columns`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Table, and_, select, tuple_

from voice.registry.engine.clock import database_time

LONGEST_SECONDS = 120.0  # longer than any lease, and than any pause before a retry


class Claims:
    """The claims on the rows of one table. `fence` names the column of their numbers."""

    def __init__(self, table: Table, fence: str = "fence"):
        self._key = tuple(table.primary_key.columns)
        self._owner, self._until = table.c.claimed_by, table.c.claimed_until
        self._fence: Column[Any] = table.c[fence]

    @property
    def is_held(self) -> ColumnElement[bool]:
        """True for rows that a process works on."""
        return (self._until > database_time()) & (self._until <= database_time(LONGEST_SECONDS))

    @property
    def is_free(self) -> ColumnElement[bool]:
        """True for rows that a process may claim: no process did, or the deadline of the last one has passed.

        A deadline that is too far ahead was set before the clock was set back.
        """
        is_set_back = self._until > database_time(LONGEST_SECONDS)
        return self._until.is_(None) | (self._until <= database_time()) | is_set_back

    def take(self, owner: str, seconds: float) -> dict[str, Any]:
        """The values of an UPDATE that claims free rows."""
        return {**self.renew(seconds), self._owner.name: owner, self._fence.name: self._fence + 1}

    def renew(self, seconds: float) -> dict[str, Any]:
        """The values of an UPDATE that moves the deadline."""
        return {self._until.name: database_time(seconds)}

    def claim_of(self, row: Any) -> Claim:
        """The claim on a row that holds its key and its number."""
        values = row._mapping
        return Claim(self, tuple(values[column.name] for column in self._key), values[self._fence.name])

    def is_of(self, claim: Claim) -> ColumnElement[bool]:
        """True for the row of this claim, while no other process has claimed it."""
        same_row = (column == value for column, value in zip(self._key, claim.key, strict=True))
        return and_(*same_row, self._fence == claim.fence)

    def lost(self, connection: Connection, claims: Collection[Claim]) -> set[Claim]:
        """Those of the claims that do not hold. Until the transaction ends, no other process claims the other rows."""
        columns = (*self._key, self._fence)
        of_claims = tuple_(*columns).in_([(*claim.key, claim.fence) for claim in claims])
        query = select(*columns).where(of_claims, self.is_held).with_for_update(read=True)
        return set(claims) - {self.claim_of(row) for row in connection.execute(query)}


@dataclass(frozen=True)
class Claim:
    """One claim: the key of the row, and the number of the claim."""

    claims: Claims
    key: tuple[Any, ...]
    fence: int


def lost_claims(connection: Connection, claims: Iterable[Claim]) -> set[Claim]:
    """Those of the claims, on rows of any table, that do not hold."""
    by_table: dict[Claims, list[Claim]] = {}
    for claim in claims:
        by_table.setdefault(claim.claims, []).append(claim)
    return {claim for table, some in by_table.items() for claim in table.lost(connection, some)}
