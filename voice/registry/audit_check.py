"""The check of the audit trail: is its hash chain whole, and is each missing content a recorded erasure?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from voice.audit import AuditEntry
from voice.registry.audit import AuditStore
from voice.registry.engine.audit_chain import CONTENT, FIRST_HASH, content_digest, entry_hash


class TrailBroken(Exception):
    """The trail is not as it was written. The message says where."""


@dataclass
class AuditCheck:
    """A check of entries in order, oldest first.

    `known` maps ids of entries to hashes that were noted before. `last_id` and `last_hash` are those of the newest
    entry that was checked.
    """

    known: Mapping[int, str] = field(default_factory=dict)
    last_id: int = 0
    last_hash: str = FIRST_HASH
    _missing: set[int] = field(default_factory=set)
    _erased: set[int] = field(default_factory=set)

    @property
    def erased_count(self) -> int:
        """The number of entries without their content."""
        return len(self._missing)

    def read(self, entries: Iterable[AuditEntry]) -> None:
        """Check entries. Raises TrailBroken."""
        for entry in entries:
            self._check_link(entry)
            self._check_content(entry)
            self.last_id, self.last_hash = entry.id, entry.hash

    def finish(self) -> None:
        """Check what only the end shows: unrecorded erasures, and known entries that are gone. Raises TrailBroken."""
        unrecorded = self._missing - self._erased
        if unrecorded:
            raise TrailBroken(
                f"Entry {min(unrecorded)} has lost its content, and no entry records an erasure."
            )
        newest = max(self.known, default=0)
        if newest > self.last_id:
            raise TrailBroken(f"The trail ends with entry {self.last_id}, but entry {newest} was written.")

    def _check_link(self, entry: AuditEntry) -> None:
        if entry.id != self.last_id + 1:
            raise TrailBroken(f"Entry {self.last_id + 1} is missing.")
        expected = entry_hash(self.last_hash, entry.id, entry.at, entry.kind, entry.digest)
        if entry.hash != expected or entry.hash != self.known.get(entry.id, expected):
            raise TrailBroken(f"Entry {entry.id} was changed, or an entry before it was replaced.")

    def _check_content(self, entry: AuditEntry) -> None:
        if entry.erased:
            self._missing.add(entry.id)
            return
        content = {name: getattr(entry, name) for name in CONTENT}
        if entry.salt is None or entry.digest != content_digest(entry.salt, content):
            raise TrailBroken(f"The content of entry {entry.id} was changed.")
        if entry.kind == "audit.erased" and entry.details is not None:
            self._erased.update(entry.details["ids"])


def check_trail(trail: AuditStore, known: Mapping[int, str]) -> AuditCheck:
    """Check the trail in the database. Raises TrailBroken."""
    last_id, last_hash = trail.head()
    check = AuditCheck({last_id: last_hash, **known} if last_id else known)
    check.read(trail.all())
    check.finish()
    newest = trail.head()[0]
    if check.last_id > newest:
        raise TrailBroken(f"Entry {newest + 1} was not written by Midcall.")
    return check
