"""Sign-in links: each signs one operator in to the console, once, without a password."""

from __future__ import annotations

from contextlib import suppress

from voice.audit import Actor
from voice.config import Config
from voice.errors import Malformed, NotFound
from voice.registry import Registry


def sign_in_link(config: Config, registry: Registry, name: str, by: Actor) -> str:
    """The URL of a new link for this operator. Raises NotFound."""
    if registry.operators.get(name) is None:
        raise NotFound(f"There is no operator named {name[:80]!r}. Check the name.")
    return f"{config['PUBLIC_URL']}/console/sign-in/{registry.links.create(name, by)}"


def first_sign_in_link(config: Config, registry: Registry, by: Actor) -> str:
    """The URL of a new link for the first enabled admin. If there is none, one is added."""
    enabled = (one.name for one in registry.operators.all() if one.role == "admin" and not one.disabled_at)
    name = next(enabled, None) or _add_first_admin(registry, by)
    return sign_in_link(config, registry, name, by)


def _add_first_admin(registry: Registry, by: Actor) -> str:
    """Add an admin; `admin` may be the name of a disabled person or of a token."""
    for name in ("admin", "first-admin"):
        with suppress(Malformed):
            return registry.operators.add(name, "admin", by).name
    raise Malformed("Add an admin with `flask operators add NAME --role admin`.")
