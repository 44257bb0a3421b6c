"""The store of operators, the people who sign in to the console. The table is named `people`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, select, update
from sqlalchemy.exc import IntegrityError

from voice.audit import Actor, NewAuditEntry
from voice.errors import Malformed, NotFound
from voice.events import now
from voice.registry.account_names import TAKEN, require_allowed, take_name
from voice.registry.engine.audit_chain import write_audited
from voice.registry.engine.database import Database, Work
from voice.registry.engine.secret import hash_secret
from voice.registry.schema.links import links
from voice.registry.schema.operators import operators
from voice.registry.schema.sessions import sessions

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@+-]{0,79}")


@dataclass(frozen=True)
class OperatorRecord:
    """One operator. Without a `password_hash`, sign-in needs a link; a disabled operator cannot sign in."""

    name: str
    role: str
    password_hash: str | None
    created_at: datetime
    disabled_at: datetime | None


_SELECT = select(*(operators.c[name] for name in OperatorRecord.__dataclass_fields__))


class OperatorStore:
    """All operators, disabled ones included. None is ever deleted, so the audit trail stays readable.

    `by` is the operator who makes a change: each change is an entry of the audit trail.
    """

    def __init__(self, database: Database):
        self._database = database

    def add(self, name: str, role: str, by: Actor) -> OperatorRecord:
        """Add an operator without a password. Raises Malformed if the name is taken or not allowed."""
        if not NAME.fullmatch(name):
            raise Malformed(
                "Choose another name: 1 to 80 letters, digits or . _ @ + -, starting with a letter or a digit."
            )
        require_allowed(name)
        operator = OperatorRecord(name, role, None, now(), None)

        def work(connection: Connection) -> None:
            take_name(connection, name)
            connection.execute(operators.insert(), vars(operator))

        try:
            write_audited(self._database, NewAuditEntry("person.added", by, name, {"role": role}), work)
        except IntegrityError:
            raise Malformed(TAKEN) from None
        return operator

    def get(self, name: str) -> OperatorRecord | None:
        """The operator, disabled or not; None if there is none of this name."""
        if not NAME.fullmatch(name):
            return None
        return self._database.fetch_first(OperatorRecord, _SELECT.where(operators.c.name == name))

    def all(self) -> list[OperatorRecord]:
        """All operators, by name."""
        return self._database.fetch_all(OperatorRecord, _SELECT.order_by(operators.c.name))

    def set_role(self, name: str, role: str, by: Actor) -> None:
        """Change the role, from the operator's next request on. Raises NotFound."""
        found = self.get(name)
        details = {"role": role, "previous": found.role if found else None}
        self._change(NewAuditEntry("person.role_changed", by, name, details), role=role)

    def set_password_hash(self, name: str, password_hash: str, by: Actor, keep: str | None = None) -> None:
        """Store the hash of a new password. Raises NotFound.

        Unused sign-in links are revoked, and all sessions end, except the one with the secret `keep`.
        """
        self._change(
            NewAuditEntry("password.set", by, name),
            lambda connection: _end_access(connection, name, keep),
            password_hash=password_hash,
        )

    def disable(self, name: str, by: Actor) -> None:
        """End sessions, revoke sign-in links, and refuse sign-in from now on. Raises NotFound."""
        self._change(
            NewAuditEntry("person.disabled", by, name),
            lambda connection: _end_access(connection, name),
            disabled_at=now(),
        )

    def enable(self, name: str, by: Actor) -> None:
        """Allow the operator to sign in again. Raises NotFound."""
        self._change(NewAuditEntry("person.enabled", by, name), disabled_at=None)

    def sign_out(self, name: str, by: Actor) -> None:
        """End all sessions of the operator, and revoke unused sign-in links. Raises NotFound."""
        if self.get(name) is None:
            raise _not_found(name)
        entry = NewAuditEntry("session.ended", by, name, {"sessions": "all"})
        write_audited(self._database, entry, lambda connection: _end_access(connection, name))

    def _change(self, entry: NewAuditEntry, more: Work[Any] = lambda connection: None, **values: Any) -> None:
        """Change the operator that is the target of the entry."""
        statement = update(operators).where(operators.c.name == entry.target).values(**values)

        def work(connection: Connection) -> None:
            if connection.execute(statement).rowcount == 0:
                raise _not_found(entry.target or "")
            more(connection)

        write_audited(self._database, entry, work)


def _not_found(name: str) -> NotFound:
    return NotFound(f"There is no operator named {name[:80]!r}. Check the name.")


def _end_access(connection: Connection, name: str, keep: str | None = None) -> None:
    """Revoke the unused sign-in links of an operator, and end all sessions except the one with the secret `keep`.

    That session has just proved its identity, and a link that opened it counts no more.
    """
    connection.execute(delete(links).where(links.c.person == name))
    theirs, kept = sessions.c.person == name, sessions.c.session_hash == hash_secret(keep or "")
    connection.execute(delete(sessions).where(theirs, ~kept))
    connection.execute(update(sessions).where(theirs, kept).values(by_link=False, confirmed_at=now()))
