"""Sessions are for the console's pages; no webhook and no API request pays for opening one."""

from __future__ import annotations

from flask import Flask, Request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface

PAGES = "/console/"


class ConsoleSessions(SecureCookieSessionInterface):
    """Flask's own signed cookie, below the console's path only."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """None, which Flask turns into a session that cannot be written to, outside the console."""
        return super().open_session(app, request) if request.path.startswith(PAGES) else None
