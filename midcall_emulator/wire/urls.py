"""URLs of webhooks and WebSockets: whether they can be requested, and how they and their parameters are encoded."""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import quote_plus, urlsplit


@lru_cache(1024)
def is_http_url(url: str) -> bool:
    """Return whether this is an absolute http or https URL with a host and a usable port."""
    return _is_absolute(url, ("http", "https"))


def is_socket_url(url: str) -> bool:
    """Return whether this is an absolute ws or wss URL. Twilio accepts wss only, which loopback cannot offer."""
    return _is_absolute(url, ("ws", "wss"))


@lru_cache(1024)
def encode_url(url: str) -> str:
    """Return a URL as it is sent: with a path, without a fragment, and percent-encoded where necessary."""
    parts = urlsplit(url)
    complete = parts._replace(path=parts.path or "/", fragment="").geturl()
    return "".join(char if "!" <= char <= "~" else _percent_encode(char) for char in complete)


def add_query(url: str, params: list[tuple[str, str]]) -> str:
    """Return a URL with the parameters appended to its query."""
    if not params:
        return url
    return url + ("&" if urlsplit(url).query else "?") + encode_form(params)


def encode_form(params: list[tuple[str, str]]) -> str:
    """Return the parameters as ``application/x-www-form-urlencoded``."""
    return "&".join([f"{_quote(name)}={_quote(value)}" for name, value in params])


@lru_cache(4096)  # most names and values are sent again and again
def _quote(text: str) -> str:
    return quote_plus(text)


def _is_absolute(url: str, schemes: tuple[str, ...]) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in schemes and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _percent_encode(char: str) -> str:
    return "".join(f"%{byte:02X}" for byte in char.encode())
