"""Secrets that are given away once and kept as a hash: tokens, sessions, sign-in links."""

from __future__ import annotations

import hashlib
import secrets


def new_secret() -> str:
    """32 random bytes, as text for an address or a cookie."""
    return secrets.token_urlsafe(32)


def hashed(secret: str) -> str:
    """What is stored of a secret. It is 32 random bytes, so that a plain SHA-256 cannot be guessed back."""
    return hashlib.sha256(secret.encode()).hexdigest()
