"""Sign-in links: each signs one person in, once, without a password."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete

from voice.events import now
from voice.registry.engine.database import Database
from voice.registry.engine.secret import hashed, new_secret
from voice.registry.schema.links import links

VALID_FOR = timedelta(hours=24)


class LinkStore:
    """The links that nobody has used yet."""

    def __init__(self, database: Database):
        self._database = database

    def create(self, person: str) -> str:
        """The secret of a new link, valid for a day; links that have expired are cleared away."""
        secret = new_secret()
        row = {"link_hash": hashed(secret), "person": person, "expires_at": now() + VALID_FOR}

        def work(connection):
            connection.execute(delete(links).where(links.c.expires_at < now()))
            connection.execute(links.insert(), row)

        self._database.write_patiently(work)
        return secret

    def use(self, secret: str) -> str | None:
        """Whom the link signs in: the first time, and within its day; None ever after."""
        good = (links.c.link_hash == hashed(secret)) & (links.c.expires_at > now())
        statement = delete(links).where(good).returning(links.c.person)
        return self._database.write_patiently(lambda connection: connection.execute(statement).scalar())
