"""The store of console sessions, each known by the hash of a secret that only its browser has."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Select, delete, select, update

from voice.audit import Actor, NewAuditEntry
from voice.events import now
from voice.registry.engine.audit_chain import write_audited
from voice.registry.engine.database import Database
from voice.registry.engine.secret import hash_secret, new_secret
from voice.registry.schema.operators import operators
from voice.registry.schema.sessions import sessions

TOUCH_EVERY = timedelta(minutes=1)  # a page with many requests writes once


@dataclass(frozen=True)
class Session:
    """A browser that is signed in.

    `by_link`: a sign-in link opened the session, and no password was set since. `confirmed_at`: the last time at which
    the operator proved their identity; None after a sign-in at an older release.
    """

    session_hash: str
    operator: str
    role: str
    by_link: bool
    created_at: datetime
    seen_at: datetime
    address: str
    user_agent: str
    confirmed_at: datetime | None


class _SessionOver(Exception):
    """Rolls the transaction back: nothing was ended."""


_SELECT = select(
    sessions.c.session_hash,
    sessions.c.person.label("operator"),
    operators.c.role,
    sessions.c.by_link,
    sessions.c.created_at,
    sessions.c.seen_at,
    sessions.c.address,
    sessions.c.user_agent,
    sessions.c.confirmed_at,
).select_from(sessions.join(operators, operators.c.name == sessions.c.person))


class SessionStore:
    """The open sessions. A session that is over is deleted at once."""

    def __init__(self, database: Database):
        self._database = database

    def open(self, operator: str, address: str, user_agent: str, *, by_link: bool, oldest: timedelta) -> str:
        """Open a session, which the audit trail notes; its secret. Sessions older than `oldest` are deleted."""
        secret, moment = new_secret(), now()
        row = {
            "session_hash": hash_secret(secret), "person": operator, "by_link": by_link, "created_at": moment,
            "seen_at": moment, "address": address[:80], "user_agent": user_agent[:200], "confirmed_at": moment,
        }  # fmt: skip

        def work(connection: Connection) -> None:
            connection.execute(delete(sessions).where(sessions.c.created_at < moment - oldest))
            connection.execute(sessions.insert(), row)

        details = {"by": "link" if by_link else "password", "browser": row["user_agent"]}
        entry = NewAuditEntry("sign_in.succeeded", Actor(operator, address[:80]), operator, details)
        write_audited(self._database, entry, work)
        return secret

    def get(self, secret: str, idle: timedelta, oldest: timedelta) -> Session | None:
        """The session, unless it is idle or open for too long, or its operator is disabled."""
        query = _open_sessions(idle, oldest).where(sessions.c.session_hash == hash_secret(secret))
        return self._database.fetch_first(Session, query)

    def touch(self, session: Session) -> None:
        """Note that the operator is active, once a minute at most."""
        due = now() - TOUCH_EVERY
        if session.seen_at > due:
            return
        mine = (sessions.c.session_hash == session.session_hash) & (sessions.c.seen_at <= due)
        statement = update(sessions).where(mine).values(seen_at=now())
        self._database.write(lambda connection: connection.execute(statement))

    def confirm(self, session_hash: str, by: Actor) -> None:
        """Note that the operator of the session has just proved their identity."""
        statement = update(sessions).where(sessions.c.session_hash == session_hash).values(confirmed_at=now())
        entry = NewAuditEntry("identity.confirmed", by, by.name)
        write_audited(self._database, entry, lambda connection: connection.execute(statement))

    def of_operator(self, operator: str, idle: timedelta, oldest: timedelta) -> list[Session]:
        """The open sessions of one operator, newest first."""
        theirs = _open_sessions(idle, oldest).where(sessions.c.person == operator)
        query = theirs.order_by(sessions.c.created_at.desc())
        return self._database.fetch_all(Session, query)

    def close(self, session_hash: str, operator: str, by: Actor) -> bool:
        """End one session of an operator, for every worker. False if it is over."""
        theirs = (sessions.c.session_hash == session_hash) & (sessions.c.person == operator)
        entry = NewAuditEntry("session.ended", by, operator, {"sessions": "one"})

        def work(connection: Connection) -> None:
            if connection.execute(delete(sessions).where(theirs)).rowcount == 0:
                raise _SessionOver

        try:
            write_audited(self._database, entry, work)
        except _SessionOver:
            return False
        return True


def _open_sessions(idle: timedelta, oldest: timedelta) -> Select[Any]:
    """The sessions that are not idle or open for too long, of operators who are not disabled."""
    moment = now()
    return _SELECT.where(
        operators.c.disabled_at.is_(None),
        sessions.c.seen_at > moment - idle,
        sessions.c.created_at > moment - oldest,
    )
