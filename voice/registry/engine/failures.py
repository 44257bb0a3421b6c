"""Failures of the database: which of them make the registry unavailable, and which are those of a single value."""

from __future__ import annotations

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DataError, DBAPIError, IntegrityError

from voice.errors import RegistryUnavailable, SettingInvalid

PROGRAM_LIMIT = "54"  # a value too large: https://www.postgresql.org/docs/current/errcodes-appendix.html


def parse_url(url: str) -> URL:
    try:
        return make_url(url)
    except (ArgumentError, ValueError):
        raise SettingInvalid(
            "DATABASE_URL is malformed: the value is not shown. Enter a URL of SQLite or PostgreSQL."
        ) from None


def translate(error: DBAPIError) -> Exception:
    """A row that the database rejects is a bug of Midcall and stays as it is. Other errors come from the database."""
    if _is_rejection(error):
        return error
    return RegistryUnavailable(f"The database cannot be used: {' '.join(str(error.orig).split())}")


def _is_rejection(error: DBAPIError) -> bool:
    """True if the database refuses a value, so that the same work without this value can succeed."""
    if isinstance(error, DataError | IntegrityError):
        return True
    state = getattr(error.orig, "sqlstate", None) or ""
    return state.startswith(PROGRAM_LIMIT) or "binding parameter" in str(error.orig)
