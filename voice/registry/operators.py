"""The people who sign in to the console: a name, a role, and their password as argon2 left it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from voice.errors import Malformed, NotFound
from voice.events import now
from voice.registry.engine.database import Database
from voice.registry.schema.operators import operators

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@+-]{0,79}")
SPOKEN_FOR = {"twilio", "worker", "registry", "admin_token"}  # as sources in the audit trail


@dataclass(frozen=True)
class OperatorRecord:
    """Somebody who may sign in; without a `password_hash` by a link only, disabled not at all."""

    name: str
    role: str
    password_hash: str | None
    created_at: datetime
    disabled_at: datetime | None


_FIELDS = [operators.c[name] for name in OperatorRecord.__dataclass_fields__]


class OperatorStore:
    """All who ever could sign in; nobody is deleted, so that the audit trail stays readable."""

    def __init__(self, database: Database):
        self._database = database

    def add(self, name: str, role: str) -> OperatorRecord:
        """A new person, without a password. Raises Malformed if the name is taken, or none that can be kept."""
        if not NAME.fullmatch(name) or name.lower() in SPOKEN_FOR:
            raise Malformed(
                "a name should be 1 to 80 letters, digits or . _ @ + -, beginning with one of the first two"
            )
        person = OperatorRecord(name, role, None, now(), None)
        try:
            self._database.write_patiently(
                lambda connection: connection.execute(operators.insert(), vars(person))
            )
        except IntegrityError:
            raise Malformed(f"there is somebody named {name!r} already") from None
        return person

    def get(self, name: str) -> OperatorRecord | None:
        """The person, disabled or not; None also for what could be no name."""
        if not NAME.fullmatch(name):
            return None
        query = select(*_FIELDS).where(operators.c.name == name)
        row = self._database.read(lambda connection: connection.execute(query).first())
        return OperatorRecord(**row._mapping) if row else None

    def all(self) -> list[OperatorRecord]:
        """Everybody, by name."""
        query = select(*_FIELDS).order_by(operators.c.name)
        return [
            OperatorRecord(**row._mapping) for row in self._database.read(lambda c: c.execute(query).all())
        ]

    def set_role(self, name: str, role: str) -> None:
        """How far they reach, from their next request on. Raises NotFound."""
        self._change(name, role=role)

    def set_password_hash(self, name: str, password_hash: str) -> None:
        """What argon2 made of a new password. Raises NotFound."""
        self._change(name, password_hash=password_hash)

    def disable(self, name: str) -> None:
        """They are signed out, and cannot sign in. Raises NotFound."""
        self._change(name, disabled_at=now())

    def enable(self, name: str) -> None:
        """They can sign in again. Raises NotFound."""
        self._change(name, disabled_at=None)

    def _change(self, name: str, **values: Any) -> None:
        statement = update(operators).where(operators.c.name == name).values(**values)
        if self._database.write_patiently(lambda connection: connection.execute(statement).rowcount) == 0:
            raise NotFound(f"there is nobody named {name[:80]!r}")
