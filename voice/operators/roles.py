"""Operators and their roles: a viewer reads, an operator acts on calls, an admin manages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from voice.errors import NotAllowed

Role = Literal["viewer", "operator", "admin"]
ROLES: tuple[Role, ...] = get_args(Role)  # each role includes those before it


@dataclass(frozen=True)
class Operator:
    """A person or a script that has signed in."""

    name: str
    role: str

    def has_role(self, role: str) -> bool:
        """Return whether this operator's role includes `role`."""
        return ROLES.index(self.role) >= ROLES.index(role)

    def require_role(self, role: str) -> None:
        """Raise NotAllowed unless this operator's role includes `role`."""
        if not self.has_role(role):
            raise NotAllowed(
                f"This needs the role {role}, but {self.name} has the role {self.role}. Ask an admin for access."
            )
