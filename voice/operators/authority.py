"""The authority of an operator at the time when something runs in their name: a plan, or a bulk run."""

from __future__ import annotations

from voice.config import Config
from voice.errors import NotAllowed
from voice.operators.bearer_tokens import ADMIN_TOKEN
from voice.operators.roles import Operator
from voice.registry import Registry


def require_authority(config: Config, registry: Registry, name: str, role: str) -> None:
    """Raise NotAllowed if the operator was disabled, the token was revoked, or neither has the role any longer.

    Other names are those of a shell, which has the admin role.
    """
    holders = _holders(config, registry, name)
    valid = [Operator(name, held) for held, is_valid in holders if is_valid]
    if holders and not valid:
        raise NotAllowed(f"{name} was disabled or revoked. Ask another operator to run this.")
    for holder in valid:
        if holder.has_role(role):
            return
    if valid:
        valid[0].require_role(role)


def _holders(config: Config, registry: Registry, name: str) -> list[tuple[str, bool]]:
    """The role of each holder of this name, and whether it is valid."""
    if name == ADMIN_TOKEN:
        return [("admin", bool(config["ADMIN_TOKEN"]))]
    person, token = registry.operators.get(name), registry.tokens.get(name)
    holders = [(person.role, person.disabled_at is None)] if person else []
    return holders + ([(token.role, token.state == "valid")] if token else [])
