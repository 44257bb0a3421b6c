"""The store of bearer tokens: a name, a role and a hash, never the token itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import Connection, select, update
from sqlalchemy.exc import IntegrityError

from voice.audit import Actor, NewAuditEntry
from voice.errors import Malformed, NotFound
from voice.events import now
from voice.registry.account_names import TAKEN, require_allowed, take_name
from voice.registry.engine.audit_chain import write_audited
from voice.registry.engine.database import Database
from voice.registry.engine.secret import hash_secret, new_secret
from voice.registry.schema.tokens import tokens

LONGEST_NAME = 80
VALID_DAYS, MOST_DAYS = 90, 365


TokenState = Literal["valid", "expired", "revoked"]


@dataclass(frozen=True)
class Token:
    """The name and the role that a token stands for."""

    name: str
    role: str
    created_at: datetime
    revoked_at: datetime | None
    expires_at: datetime | None

    @property
    def state(self) -> TokenState:
        """Revoked, expired or valid. A token without a time of expiry is from a release that knew none: it expires."""
        if self.revoked_at is not None:
            return "revoked"
        return "valid" if self.expires_at is not None and self.expires_at > now() else "expired"


_SELECT = select(*(tokens.c[name] for name in Token.__dataclass_fields__))


class TokenStore:
    """All tokens. A revoked token stays, so that its name stays readable in the audit trail.

    `by` is the operator who makes a change: each change is an entry of the audit trail.
    """

    def __init__(self, database: Database):
        self._database = database

    def create(self, name: str, role: str, by: Actor, days: int = VALID_DAYS) -> str:
        """A new token, shown this once, valid for so many days. Raises Malformed for a bad name or number of days."""
        if not (0 < len(name) <= LONGEST_NAME and name.isprintable()):
            raise Malformed(f"Choose a name of 1 to {LONGEST_NAME} printable characters.")
        require_allowed(name)
        if not 1 <= days <= MOST_DAYS:
            raise Malformed(f"Choose 1 to {MOST_DAYS} days.")
        token, moment = f"mc_{new_secret()}", now()
        row = {
            "name": name, "role": role, "token_hash": hash_secret(token), "created_at": moment,
            "expires_at": moment + timedelta(days=days),
        }  # fmt: skip

        def work(connection: Connection) -> None:
            take_name(connection, name)
            connection.execute(tokens.insert(), row)

        details = {"role": role, "days": days}
        try:
            write_audited(self._database, NewAuditEntry("token.made", by, name, details), work)
        except IntegrityError:
            raise Malformed(TAKEN) from None
        return token

    def find_valid(self, token: str) -> Token | None:
        """The name and role of a valid token, or None."""
        found = self.find(token)
        return found if found and found.state == "valid" else None

    def find(self, token: str) -> Token | None:
        """The name, role and state of a token that is or was valid, or None."""
        return self._database.fetch_first(Token, _SELECT.where(tokens.c.token_hash == hash_secret(token)))

    def get(self, name: str) -> Token | None:
        """The token of this name, revoked or not; None if there is none."""
        return self._database.fetch_first(Token, _SELECT.where(tokens.c.name == name))

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
