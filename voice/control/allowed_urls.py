"""Which URLs may be handed to Twilio for a live call. Midcall itself never fetches any of them."""

from __future__ import annotations

from urllib.parse import urlsplit

from voice.config import Config
from voice.validation import invalid

WEB, SOCKET = ("http", "https"), ("wss",)


def check_url(config: Config, url: str, field: str = "url") -> None:
    """Raises ArgumentsRefused unless it is http(s), without credentials, on a host of the allow-list."""
    trouble = _trouble(config, url, WEB)
    if trouble:
        raise invalid([{"field": field, "message": trouble}])


def check_socket_url(config: Config, url: str) -> None:
    """The same for a WebSocket: wss, as Twilio takes no other; ws only where Twilio is a stand-in on this machine."""
    stand_in = urlsplit(config["TWILIO_API_URL"]).scheme == "http"
    trouble = _trouble(config, url, ("ws", *SOCKET) if stand_in else SOCKET)
    if trouble:
        raise invalid([{"field": "url", "message": trouble}])


def check_media_url(url: str) -> None:
    """Raises ArgumentsRefused unless it is http(s), without credentials; sounds may lie on any host."""
    trouble = _malformed(url, WEB)
    if trouble:
        raise invalid([{"field": "url", "message": trouble}])


def _trouble(config: Config, url: str, schemes: tuple[str, ...]) -> str | None:
    malformed = _malformed(url, schemes)
    if malformed:
        return malformed
    host, port = urlsplit(url).hostname or "", urlsplit(url).port
    if not _allowed(config, host, port):
        return f"the host {host} is not allowed: add it to ALLOWED_REDIRECT_HOSTS"
    return None


def _malformed(url: str, schemes: tuple[str, ...]) -> str | None:
    if any(character <= " " or character in "\\\x7f" for character in url):
        return "has a blank, a control character or a backslash in it"
    try:
        parts, _ = urlsplit(url), urlsplit(url).port
    except ValueError:
        return "is not a URL"
    if parts.scheme not in schemes or not parts.hostname:
        return f"must be absolute: {' or '.join(f'{scheme}://' for scheme in schemes)} with a host"
    if "@" in parts.netloc:
        return "must not carry a user name or password"
    return None


def _allowed(config: Config, host: str, port: int | None) -> bool:
    """PUBLIC_URL's own host and port, or a host of the setting (which may name a port)."""
    public = urlsplit(config["PUBLIC_URL"])
    if (host, port) == (public.hostname, public.port):
        return True
    return bool({host, f"{host}:{port}"} & config["ALLOWED_REDIRECT_HOSTS"])
