"""Bearer tokens: the operator that a token stands for."""

from __future__ import annotations

import hmac

from voice.config import Config
from voice.errors import NotSignedIn
from voice.operators.roles import Operator
from voice.registry import Registry

ADMIN_TOKEN = "ADMIN_TOKEN"  # the name of the operator of the setting


def operator_of_token(config: Config, registry: Registry, token: str) -> Operator:
    """The operator that the token stands for: ADMIN_TOKEN, or the name of a stored token. Raises NotSignedIn."""
    admin_token: str = config["ADMIN_TOKEN"]
    if admin_token and hmac.compare_digest(token.encode(), admin_token.encode()):
        return Operator(ADMIN_TOKEN, "admin")
    found = registry.tokens.find_valid(token) if token else None
    if found is None:
        raise NotSignedIn("Send a valid token: Authorization: Bearer …")
    return Operator(found.name, found.role)
