"""Security headers of every answer, those for files included."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask, Response

HSTS_SECONDS = 365 * 24 * 3600


def register(app: Flask, public_url: str) -> None:
    """Forbid browsers to guess types, and over https to come back without it."""
    https = urlsplit(public_url).scheme == "https"

    @app.after_request
    def add(response: Response) -> Response:
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        if https:
            response.headers.setdefault("Strict-Transport-Security", f"max-age={HSTS_SECONDS}")
        return response
