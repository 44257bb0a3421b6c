"""The store of operators, the people who sign in to the console. The table is named `people`."""

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
RESERVED = {"twilio", "worker", "registry", "admin_token"}  # these are sources in the audit trail


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
    """All operators, disabled ones included. None is ever deleted, so the audit trail stays readable."""

    def __init__(self, database: Database):
        self._database = database

    def add(self, name: str, role: str) -> OperatorRecord:
        """Add an operator without a password. Raises Malformed if the name is taken or not allowed."""
        if not NAME.fullmatch(name) or name.lower() in RESERVED:
            raise Malformed(
                "Choose another name: 1 to 80 letters, digits or . _ @ + -, starting with a letter or a digit."
            )
        operator = OperatorRecord(name, role, None, now(), None)
        try:
            self._database.execute_patiently(operators.insert(), [vars(operator)])
        except IntegrityError:
            raise Malformed(f"Choose another name. There is an operator named {name!r} already.") from None
        return operator

    def get(self, name: str) -> OperatorRecord | None:
        """The operator, disabled or not; None if there is none of this name."""
        if not NAME.fullmatch(name):
            return None
        return self._database.fetch_first(OperatorRecord, _SELECT.where(operators.c.name == name))

    def all(self) -> list[OperatorRecord]:
        """All operators, by name."""
        return self._database.fetch_all(OperatorRecord, _SELECT.order_by(operators.c.name))

    def set_role(self, name: str, role: str) -> None:
        """Change the role, from the operator's next request on. Raises NotFound."""
        self._change(name, role=role)

    def set_password_hash(self, name: str, password_hash: str) -> None:
        """Store the hash of a new password. Raises NotFound."""
        self._change(name, password_hash=password_hash)

    def disable(self, name: str) -> None:
        """Sign the operator out, and refuse sign-in from now on. Raises NotFound."""
        self._change(name, disabled_at=now())

    def enable(self, name: str) -> None:
        """Allow the operator to sign in again. Raises NotFound."""
        self._change(name, disabled_at=None)

    def _change(self, name: str, **values: Any) -> None:
        statement = update(operators).where(operators.c.name == name).values(**values)
        if self._database.execute_patiently(statement) == 0:
            raise NotFound(f"There is no operator named {name[:80]!r}. Check the name.")
