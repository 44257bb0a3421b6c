"""Operators' bearer tokens as they are kept: a name, a role and a hash, never the token."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from voice.errors import Malformed, NotFound
from voice.events import now
from voice.registry.engine.database import Database
from voice.registry.engine.secret import hashed, new_secret
from voice.registry.schema.tokens import tokens

LONGEST_NAME = 80


@dataclass(frozen=True)
class Token:
    """Who a token stands for, and how far it reaches."""

    name: str
    role: str
    created_at: datetime
    revoked_at: datetime | None


_FIELDS = [tokens.c[name] for name in Token.__dataclass_fields__]


class TokenStore:
    """All tokens that were ever made; a revoked one stays, so that its name stays readable in the audit trail."""

    def __init__(self, database: Database):
        self._database = database

    def create(self, name: str, role: str) -> str:
        """A new token, shown this once. Raises Malformed if the name is taken, or none that can be kept."""
        if not (0 < len(name) <= LONGEST_NAME and name.isprintable()):
            raise Malformed(f"a token's name should be 1 to {LONGEST_NAME} printable characters")
        token = f"mc_{new_secret()}"
        row = {"name": name, "role": role, "token_hash": hashed(token), "created_at": now()}
        try:
            self._database.write_patiently(lambda connection: connection.execute(tokens.insert(), row))
        except IntegrityError:
            raise Malformed(f"there is a token named {name!r} already") from None
        return token

    def find_valid(self, token: str) -> Token | None:
        """Whose valid token this is, or None."""
        query = select(*_FIELDS).where(tokens.c.token_hash == hashed(token), tokens.c.revoked_at.is_(None))
        row = self._database.read(lambda connection: connection.execute(query).first())
        return Token(**row._mapping) if row else None

    def all(self) -> list[Token]:
        """Every token, by name."""
        query = select(*_FIELDS).order_by(tokens.c.name)
        return [Token(**row._mapping) for row in self._database.read(lambda c: c.execute(query).all())]

    def revoke(self, name: str) -> None:
        """The token opens nothing from now on. Raises NotFound."""
        statement = (
            update(tokens)
            .where(tokens.c.name == name, tokens.c.revoked_at.is_(None))
            .values(revoked_at=now())
        )
        if self._database.write_patiently(lambda connection: connection.execute(statement).rowcount) == 0:
            raise NotFound(f"there is no valid token named {name!r}")
