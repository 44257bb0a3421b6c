"""Secrets that are shown once and stored as hashes: bearer tokens, sessions, sign-in links."""

from __future__ import annotations

import hashlib
import secrets


def new_secret() -> str:
    """32 random bytes, as text for a URL or a cookie."""
    return secrets.token_urlsafe(32)


def hash_secret(secret: str) -> str:
    """The stored form of a secret. A plain SHA-256 is enough, because 32 random bytes cannot be guessed."""
    return hashlib.sha256(secret.encode()).hexdigest()
