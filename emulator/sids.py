"""Twilio's identifiers: two letters that name the kind, and 32 hexadecimal digits."""

import uuid


def new_sid(prefix: str) -> str:
    """Return a fresh identifier such as ``CA0123…``, 34 characters long."""
    return prefix + uuid.uuid4().hex
