"""The console's cookie; no webhook, and no API request that brings a token, pays for opening a session."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from flask import Flask, Request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface

PAGES, API = "/console/", "/admin/"


class ConsoleSessions(SecureCookieSessionInterface):
    """Flask's own signed cookie, for the console and for the API calls of its pages."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """None, which Flask turns into a session that cannot be written to, wherever no browser asks."""
        from_page = request.path.startswith(API) and "Authorization" not in request.headers
        if request.path.startswith(PAGES) or from_page:
            return super().open_session(app, request)
        return None


def cookie_settings(public_url: str) -> dict[str, object]:
    """How the cookie is named and where it is sent.

    Over https it is a `__Host-` cookie, which no other host can set and which needs the path `/`; the prefix of
    PUBLIC_URL is then part of its name, so that two Midcalls on one host keep apart.
    """
    parts = urlsplit(public_url)
    prefix, https = parts.path.rstrip("/"), parts.scheme == "https"
    suffix = re.sub(r"[^A-Za-z0-9]+", "-", prefix)
    return {
        "SESSION_COOKIE_NAME": f"{'__Host-' * https}midcall{suffix}",
        "SESSION_COOKIE_PATH": "/" if https else f"{prefix}/",
        "SESSION_COOKIE_SECURE": https,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
    }
