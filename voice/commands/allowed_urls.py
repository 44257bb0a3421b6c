"""Which URLs may be handed to Twilio for a live call. Midcall itself never fetches any of them."""

from __future__ import annotations

from urllib.parse import urlsplit

from voice.commands.command import refused
from voice.config import Config


def check_url(config: Config, url: str) -> None:
    """Raises ArgumentsRefused unless it is http(s), without credentials, on a host of the allow-list."""
    trouble = _trouble(config, url)
    if trouble:
        raise refused([{"field": "url", "message": trouble}])


def _trouble(config: Config, url: str) -> str | None:
    if any(character <= " " or character in "\\\x7f" for character in url):
        return "has a blank, a control character or a backslash in it"
    try:
        parts, port = urlsplit(url), urlsplit(url).port
    except ValueError:
        return "is not a URL"
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return "must be absolute: http:// or https:// with a host"
    if "@" in parts.netloc:
        return "must not carry a user name or password"
    if not _allowed(config, parts.hostname, port):
        return f"the host {parts.hostname} is not allowed: add it to ALLOWED_REDIRECT_HOSTS"
    return None


def _allowed(config: Config, host: str, port: int | None) -> bool:
    """PUBLIC_URL's own host and port, or a host of the setting (which may name a port)."""
    public = urlsplit(config["PUBLIC_URL"])
    if (host, port) == (public.hostname, public.port):
        return True
    return bool({host, f"{host}:{port}"} & config["ALLOWED_REDIRECT_HOSTS"])
