"""Who is signed in where: the console's sessions, each known by the hash of a secret that only its browser has."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update

from voice.events import now
from voice.registry.engine.database import Database
from voice.registry.engine.secret import hashed, new_secret
from voice.registry.schema.operators import operators
from voice.registry.schema.sessions import sessions

SEEN_EVERY = timedelta(minutes=1)  # a page full of requests writes once


@dataclass(frozen=True)
class Session:
    """One browser that is signed in; `by_link` if a sign-in link opened it, so that no password was asked."""

    session_hash: str
    operator: str
    role: str
    by_link: bool
    created_at: datetime
    seen_at: datetime
    address: str
    user_agent: str


_RENAMED = {"operator": "person"}
_FIELDS = [
    operators.c.role if name == "role" else sessions.c[_RENAMED.get(name, name)].label(name)
    for name in Session.__dataclass_fields__
]
_WITH_PERSON = sessions.join(operators, operators.c.name == sessions.c.person)


class SessionStore:
    """The sessions that are open; what is over is deleted, the moment it is."""

    def __init__(self, database: Database):
        self._database = database

    def open(self, person: str, address: str, user_agent: str, *, by_link: bool, oldest: timedelta) -> str:
        """The secret of a new session; whatever is older than `oldest` is cleared away on the way."""
        secret, moment = new_secret(), now()
        row = {
            "session_hash": hashed(secret), "person": person, "by_link": by_link, "created_at": moment,
            "seen_at": moment, "address": address[:80], "user_agent": user_agent[:200],
        }  # fmt: skip

        def work(connection):
            connection.execute(delete(sessions).where(sessions.c.created_at < moment - oldest))
            connection.execute(sessions.insert(), row)

        self._database.write_patiently(work)
        return secret

    def get(self, secret: str, idle: timedelta, oldest: timedelta) -> Session | None:
        """The session, if it is not too old and its person may still sign in."""
        query = select(*_FIELDS).select_from(_WITH_PERSON)
        query = query.where(sessions.c.session_hash == hashed(secret), operators.c.disabled_at.is_(None))
        query = query.where(sessions.c.seen_at > now() - idle, sessions.c.created_at > now() - oldest)
        row = self._database.read(lambda connection: connection.execute(query).first())
        return Session(**row._mapping) if row else None

    def touch(self, session: Session) -> None:
        """Its person has done something; written down once a minute."""
        due = now() - SEEN_EVERY
        if session.seen_at > due:
            return
        mine = (sessions.c.session_hash == session.session_hash) & (sessions.c.seen_at <= due)
        self._database.write(lambda c: c.execute(update(sessions).where(mine).values(seen_at=now())))

    def of_operator(self, person: str) -> list[Session]:
        """The sessions of one person, the newest first."""
        query = select(*_FIELDS).select_from(_WITH_PERSON).where(sessions.c.person == person)
        query = query.order_by(sessions.c.created_at.desc())
        return [Session(**row._mapping) for row in self._database.read(lambda c: c.execute(query).all())]

    def close(self, secret: str) -> None:
        """This one is over, on every worker."""
        self._delete(sessions.c.session_hash == hashed(secret))

    def close_all(self, person: str, but: str | None = None) -> None:
        """All of a person's are over, but the one with the secret `but`."""
        theirs = sessions.c.person == person
        self._delete(theirs & (sessions.c.session_hash != hashed(but)) if but else theirs)

    def _delete(self, which) -> None:
        self._database.write_patiently(lambda connection: connection.execute(delete(sessions).where(which)))
