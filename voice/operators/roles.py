"""Operators and how far their roles reach: a viewer reads, an operator acts on calls, an admin manages."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from typing import Literal, get_args

from voice.config import Config
from voice.errors import NotAllowed, NotSignedIn
from voice.registry import Registry

Role = Literal["viewer", "operator", "admin"]
ROLES: tuple[Role, ...] = get_args(Role)  # each role includes those before it


@dataclass(frozen=True)
class Operator:
    """Somebody, or some script, that has signed in."""

    name: str
    role: str

    def reaches(self, role: str) -> bool:
        """True if this role includes `role`."""
        return ROLES.index(self.role) >= ROLES.index(role)

    def must_be(self, role: str) -> None:
        """Raises NotAllowed unless this role includes `role`."""
        if not self.reaches(role):
            raise NotAllowed(f"this needs the role {role}; {self.name} has the role {self.role}")


def operator_of(config: Config, registry: Registry, token: str) -> Operator:
    """Whose token this is. Raises NotSignedIn."""
    if config["ADMIN_TOKEN"] and hmac.compare_digest(token.encode(), config["ADMIN_TOKEN"].encode()):
        return Operator("ADMIN_TOKEN", "admin")
    owner = registry.tokens.owner(token) if token else None
    if owner is None:
        raise NotSignedIn("send a valid token: Authorization: Bearer …")
    return Operator(owner.name, owner.role)
