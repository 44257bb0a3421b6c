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


def check_media_url(url: str) -> None:
    """Raises ArgumentsRefused unless it is http(s), without credentials; sounds may lie on any host."""
    trouble = _malformed(url)
    if trouble:
        raise refused([{"field": "url", "message": trouble}])


def _trouble(config: Config, url: str) -> str | None:
    malformed = _malformed(url)
    if malformed:
        return malformed
    host, port = urlsplit(url).hostname or "", urlsplit(url).port
    if not _allowed(config, host, port):
        return f"the host {host} is not allowed: add it to ALLOWED_REDIRECT_HOSTS"
    return None


def _malformed(url: str) -> str | None:
    if any(character <= " " or character in "\\\x7f" for character in url):
        return "has a blank, a control character or a backslash in it"
    try:
        parts, _ = urlsplit(url), urlsplit(url).port
    except ValueError:
        return "is not a URL"
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return "must be absolute: http:// or https:// with a host"
    if "@" in parts.netloc:
        return "must not carry a user name or password"
    return None


def _allowed(config: Config, host: str, port: int | None) -> bool:
    """PUBLIC_URL's own host and port, or a host of the setting (which may name a port)."""
    public = urlsplit(config["PUBLIC_URL"])
    if (host, port) == (public.hostname, public.port):
        return True
    return bool({host, f"{host}:{port}"} & config["ALLOWED_REDIRECT_HOSTS"])
