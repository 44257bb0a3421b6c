"""The store of bearer tokens: a name, a role and a hash, never the token itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select, update
from sqlalchemy.exc import IntegrityError

from voice.audit import Actor, NewAuditEntry
from voice.errors import Malformed, NotFound
from voice.events import now
from voice.registry.engine.audit_chain import write_audited
from voice.registry.engine.database import Database
from voice.registry.engine.secret import hash_secret, new_secret
from voice.registry.schema.tokens import tokens

LONGEST_NAME = 80


@dataclass(frozen=True)
class Token:
    """The name and the role that a token stands for."""

    name: str
    role: str
    created_at: datetime
    revoked_at: datetime | None


_SELECT = select(*(tokens.c[name] for name in Token.__dataclass_fields__))


class TokenStore:
    """All tokens. A revoked token stays, so that its name stays readable in the audit trail.

    `by` is the operator who makes a change: each change is an entry of the audit trail.
    """

    def __init__(self, database: Database):
        self._database = database

    def create(self, name: str, role: str, by: Actor) -> str:
        """A new token, shown this once. Raises Malformed if the name is taken or not allowed."""
        if not (0 < len(name) <= LONGEST_NAME and name.isprintable()):
            raise Malformed(f"Choose a name of 1 to {LONGEST_NAME} printable characters.")
        token = f"mc_{new_secret()}"
        row = {"name": name, "role": role, "token_hash": hash_secret(token), "created_at": now()}
        entry = NewAuditEntry("token.made", by, name, {"role": role})
        try:
            write_audited(self._database, entry, lambda connection: connection.execute(tokens.insert(), row))
        except IntegrityError:
            raise Malformed(f"Choose another name. There is a token named {name!r} already.") from None
        return token

    def find_valid(self, token: str) -> Token | None:
        """The name and role of a valid token, or None."""
        valid = (tokens.c.token_hash == hash_secret(token)) & tokens.c.revoked_at.is_(None)
        return self._database.fetch_first(Token, _SELECT.where(valid))

    def all(self) -> list[Token]:
        """All tokens, by name."""
        return self._database.fetch_all(Token, _SELECT.order_by(tokens.c.name))

    def revoke(self, name: str, by: Actor) -> None:
        """Revoke the token of this name at once. Raises NotFound."""
        valid = (tokens.c.name == name) & tokens.c.revoked_at.is_(None)
        statement = update(tokens).where(valid).values(revoked_at=now())

        def work(connection: Connection) -> None:
            if connection.execute(statement).rowcount == 0:
                raise NotFound(f"There is no valid token named {name[:80]!r}. Check the name.")

        write_audited(self._database, NewAuditEntry("token.revoked", by, name), work)
