"""The hosts that this app serves: a request with any other Host header is refused."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from flask import Flask, request

from voice.errors import Malformed
from voice.setting_values import LOOPBACK

EXEMPT = {
    "health",
    "webhooks",
}  # load balancers ask by address; Twilio's signature covers PUBLIC_URL, whatever the host


def register(app: Flask, public_url: str, allowed: Iterable[str]) -> None:
    """Refuse a Host header that is not of PUBLIC_URL, of this machine, or of `allowed`."""
    served = {*LOOPBACK, urlsplit(public_url).hostname or "", *allowed}

    @app.before_request
    def require_served_host() -> None:
        if request.blueprint not in EXEMPT and _host() not in served:
            raise Malformed("This host is not served here. Add it to ALLOWED_HOSTS if it is yours.")


def _host() -> str:
    """The name in the Host header, without the port, in lower case; empty if it is malformed."""
    try:
        return urlsplit(f"//{request.headers.get('Host', '')}").hostname or ""
    except ValueError:
        return ""
