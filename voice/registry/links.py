"""The store of sign-in links that have not been used."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import ColumnElement, Connection, delete, select

from voice.audit import Actor, NewAuditEntry
from voice.events import now
from voice.registry.engine.audit_chain import write_audited
from voice.registry.engine.database import Database
from voice.registry.engine.secret import hash_secret, new_secret
from voice.registry.schema.links import links

VALID_FOR = timedelta(hours=24)


class LinkStore:
    """Sign-in links, each known by the hash of its secret."""

    def __init__(self, database: Database):
        self._database = database

    def create(self, operator: str, by: Actor) -> str:
        """The secret of a new link, valid for a day. Expired links are deleted on the way."""
        secret, moment = new_secret(), now()
        row = {"link_hash": hash_secret(secret), "person": operator, "expires_at": moment + VALID_FOR}

        def work(connection: Connection) -> None:
            connection.execute(delete(links).where(links.c.expires_at < moment))
            connection.execute(links.insert(), row)

        write_audited(self._database, NewAuditEntry("link.made", by, operator), work)
        return secret

    def operator(self, secret: str) -> str | None:
        """The operator that the link would sign in, or None if it is unknown, used or expired."""
        query = select(links.c.person).where(_valid(secret))
        return self._database.read(lambda connection: connection.execute(query).scalar())

    def use(self, secret: str) -> str | None:
        """Use up the link; the operator that it signs in, or None if it is unknown, used or expired."""
        statement = delete(links).where(_valid(secret)).returning(links.c.person)
        return self._database.write_patiently(lambda connection: connection.execute(statement).scalar())


def _valid(secret: str) -> ColumnElement[bool]:
    return (links.c.link_hash == hash_secret(secret)) & (links.c.expires_at > now())
