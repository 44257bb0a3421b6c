"""The session cookie of the console. Webhooks and API requests with a token open no session."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from flask import Flask, Request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from itsdangerous import BadSignature

PAGES, API = "/console/", "/admin/"


class ConsoleSessions(SecureCookieSessionInterface):
    """Flask's signed cookie, for the console and for the API requests of its pages."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """The session of a browser. For all other requests None: Flask makes it a session that refuses writes."""
        from_page = request.path.startswith(API) and "Authorization" not in request.headers
        if request.path.startswith(PAGES) or from_page:
            return self._read(app, request.cookies.get(self.get_cookie_name(app), ""))
        return None

    def _read(self, app: Flask, cookie: str) -> SecureCookieSession:
        """The session in the cookie; an empty one if its signature is wrong.

        The registry bounds the age of a session. Flask's own check of the age refuses a cookie from the future, so a
        clock that is set back would sign everyone out.
        """
        serializer = self.get_signing_serializer(app)
        try:
            return self.session_class(serializer.loads(cookie) if serializer else None)
        except BadSignature:
            return self.session_class()


def cookie_settings(public_url: str) -> dict[str, object]:
    """Flask's settings for the name and the scope of the cookie.

    Over https its name starts with `__Host-`: no other host can set it, and its path must be `/`. The prefix of
    PUBLIC_URL is then part of the name, so that two Midcalls on one host do not share a cookie.
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
