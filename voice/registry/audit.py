"""The store of the audit trail: entries are appended, read and erased, never changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, delete, select

from voice.audit import Actor, AuditEntry, NewAuditEntry
from voice.errors import NotFound
from voice.registry.engine.audit_chain import append, write_audited
from voice.registry.engine.batches import in_batches
from voice.registry.engine.database import Database
from voice.registry.schema.audit import chain, contents, head

PAGE = 100  # entries that are read at once
_CHAIN = [chain.c[name] for name in ("id", "at", "kind", "digest", "hash")]
_CONTENT = [contents.c[name] for name in ("salt", "actor", "address", "target", "details")]
_SELECT = select(*_CHAIN, *_CONTENT, contents.c.id.is_(None).label("erased")).select_from(
    chain.outerjoin(contents, contents.c.id == chain.c.id)
)


@dataclass(frozen=True)
class AuditQuery:
    """The filters of the trail. `kind` may be a family, such as `token`. `cursor` is the id of the page before."""

    kind: str | None = None
    actor: str | None = None
    target: str | None = None
    limit: int = 50
    cursor: int | None = None


class AuditStore:
    """The trail, in the order of its hash chain."""

    def __init__(self, database: Database):
        self._database = database

    def append(self, entry: NewAuditEntry) -> None:
        """Append an entry that goes with no other change."""
        self._database.write_patiently(lambda connection: append(connection, entry))

    def find(self, query: AuditQuery) -> tuple[list[AuditEntry], int | None]:
        """One page, newest first, and the cursor of the next page."""
        newest_first = _filtered(query).order_by(chain.c.id.desc()).limit(query.limit + 1)
        found = self._database.fetch_all(AuditEntry, newest_first)
        page = found[: query.limit]
        return page, page[-1].id if len(found) > len(page) else None

    def all(self) -> Iterator[AuditEntry]:
        """The whole trail, oldest first, read in pages."""
        last_id = 0
        while page := self._after(last_id):
            yield from page
            last_id = page[-1].id

    def head(self) -> tuple[int, str]:
        """The id and the hash of the newest entry, as the last writer noted them."""
        last_id, last_hash = self._database.fetch_rows(select(head.c.last_id, head.c.last_hash))[0]
        return last_id, last_hash

    def erase(self, ids: Sequence[int], actor: Actor, reason: str) -> None:
        """Erase the content of entries, and append an entry with their ids, the actor and the reason.

        The only way to erase content of the trail; the chain stays whole. All in one transaction: raises NotFound, and
        erases nothing, if an entry does not exist, is erased already, or records an erasure.
        """
        wanted = sorted(set(ids))
        entry = NewAuditEntry("audit.erased", actor, details={"ids": wanted, "reason": reason})
        write_audited(self._database, entry, lambda connection: _erase(connection, wanted))

    def _after(self, last_id: int) -> list[AuditEntry]:
        query = _SELECT.where(chain.c.id > last_id).order_by(chain.c.id).limit(PAGE)
        with self._database.read_turns.turn():
            return self._database.fetch_all(AuditEntry, query)


def _filtered(query: AuditQuery) -> Select[Any]:
    found = _SELECT
    if query.kind:
        of_family = chain.c.kind.startswith(f"{query.kind}.", autoescape=True)
        found = found.where((chain.c.kind == query.kind) | of_family)
    if query.actor:
        found = found.where(contents.c.actor == query.actor)
    if query.target:
        found = found.where(contents.c.target == query.target)
    return found if query.cursor is None else found.where(chain.c.id < query.cursor)


def _erase(connection: Connection, ids: Sequence[int]) -> None:
    """Remove the contents. The record of an erasure is never erased: it proves that the content was not just lost."""
    erasable = select(chain.c.id).where(chain.c.kind != "audit.erased")
    for batch in in_batches(ids):
        there = delete(contents).where(contents.c.id.in_(batch), contents.c.id.in_(erasable))
        if connection.execute(there).rowcount != len(batch):
            raise NotFound(
                "Some of these entries do not exist, are erased already, or record an erasure. Check the ids."
            )
