"""The hash chain of the audit trail.

Each hash covers the hash before it, and a digest of the entry's content with a salt. An erasure removes content and
salt, so that the content cannot be guessed from the digest. The digest stays, and the chain stays whole.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from voice.audit import NewAuditEntry
from voice.events import now
from voice.json_record import iso
from voice.registry.engine.database import Database
from voice.registry.schema.audit import chain, contents, head

FIRST_HASH = "0" * 64
CONTENT = ("actor", "address", "target", "details")
_HEAD = select(head.c.last_id, head.c.last_hash).with_for_update()


def write_audited(database: Database, entry: NewAuditEntry, work: Callable[[Connection], Any]) -> None:
    """Commit a change and its entry together, patiently. An error in `work` rolls both back.

    If the answer to a COMMIT was lost, the repetition finds the entry and leaves out `work`.
    """

    def append_and_work(connection: Connection) -> None:
        if append(connection, entry):
            work(connection)

    database.write_patiently(append_and_work)


def append(connection: Connection, new: NewAuditEntry) -> bool:
    """Append an entry; False if it is in the chain already. Do this before any other write of the transaction.

    The head stays locked until the transaction ends, so entries follow each other without a gap or a fork.
    """
    last_id, last_hash = connection.execute(_HEAD).one()
    content = {
        "actor": new.actor.name, "address": new.actor.address, "target": new.target, "details": new.details,
    }  # fmt: skip
    digest = content_digest(new.salt, content)
    if connection.execute(select(chain.c.id).where(chain.c.digest == digest)).first():
        return False
    link: dict[str, Any] = {
        "id": last_id + 1,
        "at": _now_in_milliseconds(),
        "kind": new.kind,
        "digest": digest,
    }
    link["hash"] = entry_hash(last_hash, **link)
    connection.execute(chain.insert(), link)
    connection.execute(contents.insert(), {"id": link["id"], "salt": new.salt, **content})
    connection.execute(update(head).values(last_id=link["id"], last_hash=link["hash"]))
    return True


def content_digest(salt: str, content: dict[str, Any]) -> str:
    """The digest of an entry's content: its actor, address, target and details."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(f"{salt}\n{text}".encode()).hexdigest()


def entry_hash(previous: str, id: int, at: datetime, kind: str, digest: str) -> str:
    """The hash of an entry: of the hash before it, the id, the time as in JSON, the kind and the digest."""
    return hashlib.sha256(f"{previous}\n{id}\n{iso(at)}\n{kind}\n{digest}".encode()).hexdigest()


def _now_in_milliseconds() -> datetime:
    """The time in the precision of an export, whose hashes can then be checked."""
    moment = now()
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)
