"""Credentials in the URL of a webhook, sent once the app challenges for them and then for the rest of the call
(https://www.twilio.com/docs/usage/security#http-authentication)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

import aiohttp

from midcall_emulator.core.call_record import Call


@dataclass(slots=True)
class Credentials:
    """User and password for one host. The middleware answers challenges of Digest; ``headers`` are those of Basic."""

    user: str
    password: str
    headers: dict[str, str] = field(default_factory=dict)
    middlewares: tuple[Any, ...] = ()

    def accept(self, challenge: str) -> bool:
        """Accept the first challenge of Basic; return whether the request is to be sent again."""
        if self.headers or not challenge.lower().startswith("basic"):
            return False
        self.headers = {"Authorization": aiohttp.encode_basic_auth(self.user, self.password)}
        return True


def of(call: Call, url: str) -> Credentials | None:
    """Return the call's credentials for the host of a URL, None for a URL without credentials."""
    parts = urlsplit(url) if "@" in url else None
    if not parts or not parts.username:
        return None
    known = call.run.credentials.get(parts.netloc)
    if known is None:
        known = call.run.credentials[parts.netloc] = _read(parts)
    return known


def _read(parts: SplitResult) -> Credentials:
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    return Credentials(user, password, middlewares=(aiohttp.DigestAuthMiddleware(user, password),))
