"""The URLs that an operator may give Twilio for a live call. Midcall itself fetches none of them."""

from __future__ import annotations

from urllib.parse import urlsplit

from voice.config import Config
from voice.validation import invalid

WEB, SOCKET = ("http", "https"), ("wss",)


def check_url(config: Config, url: str, field: str = "url") -> None:
    """Raises ArgumentsRefused unless it is an HTTP(S) URL without credentials, on an allowed host."""
    _refuse(field, _problem(config, url, WEB))


def check_socket_url(config: Config, url: str) -> None:
    """Raises ArgumentsRefused unless it is a wss URL without credentials, on an allowed host.

    Twilio connects over TLS only; the emulator, which has an http URL, accepts ws as well.
    """
    uses_emulator = urlsplit(config["TWILIO_API_URL"]).scheme == "http"
    _refuse("url", _problem(config, url, ("ws", *SOCKET) if uses_emulator else SOCKET))


def check_media_url(url: str) -> None:
    """Raises ArgumentsRefused unless it is an HTTP(S) URL without credentials; a sound may be on any host."""
    _refuse("url", _malformed(url, WEB))


def _refuse(field: str, problem: str | None) -> None:
    if problem:
        raise invalid([{"field": field, "message": problem}])


def _problem(config: Config, url: str, schemes: tuple[str, ...]) -> str | None:
    malformed = _malformed(url, schemes)
    if malformed:
        return malformed
    host, port = urlsplit(url).hostname or "", urlsplit(url).port
    if not _is_allowed(config, host, port):
        return f"Ask an administrator to add the host {host} to ALLOWED_REDIRECT_HOSTS."
    return None


def _malformed(url: str, schemes: tuple[str, ...]) -> str | None:
    if any(character <= " " or character in "\\\x7f" for character in url):
        return "Remove spaces, control characters and backslashes from the URL."
    try:
        parts, _ = urlsplit(url), urlsplit(url).port
    except ValueError:
        return f"Enter a URL like {schemes[-1]}://www.example.com/call."
    if parts.scheme not in schemes or not parts.hostname:
        return f"Enter a URL that starts with {' or '.join(f'{scheme}://' for scheme in schemes)}."
    if "@" in parts.netloc:
        return "Remove the user name and the password from the URL."
    return None


def _is_allowed(config: Config, host: str, port: int | None) -> bool:
    """True for host and port of PUBLIC_URL, and for a host of the setting, which may name a port."""
    public = urlsplit(config["PUBLIC_URL"])
    if (host, port) == (public.hostname, public.port):
        return True
    return bool({host, f"{host}:{port}"} & config["ALLOWED_REDIRECT_HOSTS"])
