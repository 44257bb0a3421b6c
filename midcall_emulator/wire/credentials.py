"""Credentials in a webhook's URL: given once an app asks for them, and from then on for the rest of the call
(https://www.twilio.com/docs/usage/security#http-authentication)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

import aiohttp

from midcall_emulator.core.call_record import Call


@dataclass(slots=True)
class Credentials:
    """Name and password for one host; Digest is done by the HTTP client, Basic is a header once it was asked for."""

    user: str
    password: str
    headers: dict[str, str] = field(default_factory=dict)
    middlewares: tuple[Any, ...] = ()

    def answer(self, challenge: str) -> bool:
        """Take up a challenge of the app; return whether it is another one than before, and one of Basic."""
        if self.headers or not challenge.lower().startswith("basic"):
            return False
        self.headers = {"Authorization": aiohttp.encode_basic_auth(self.user, self.password)}
        return True


def of(call: Call, url: str) -> Credentials | None:
    """Return what the call knows for the host of this URL, None where the URL has no credentials."""
    parts = urlsplit(url) if "@" in url else None
    if not parts or not parts.username:
        return None
    known = call.run.credentials.get(parts.netloc)
    if known is None:
        known = call.run.credentials[parts.netloc] = _new(parts)
    return known


def _new(parts: SplitResult) -> Credentials:
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    return Credentials(user, password, middlewares=(aiohttp.DigestAuthMiddleware(user, password),))
