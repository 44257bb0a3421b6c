"""The URLs that an operator may give Twilio for a live call, alone or in TwiML. Midcall itself fetches none of them."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, urlsplit

from voice.config import Config
from voice.setting_values import PORTS, AllowedHost, port_of
from voice.validation import invalid

WEB, SOCKET = ("http", "https"), ("wss",)


def check_url(config: Config, url: str, field: str = "url") -> None:
    """Raises ArgumentsRefused unless it is an HTTP(S) URL without credentials, on an allowed host."""
    _refuse(field, _problem(config, url, WEB))


def check_socket_url(config: Config, url: str) -> None:
    """Raises ArgumentsRefused unless it is a wss URL without credentials, on an allowed host.

    Twilio connects over TLS only; the emulator, which has an http URL, accepts ws as well.
    Source: https://www.twilio.com/docs/voice/twiml/stream#attributes-url
    """
    uses_emulator = urlsplit(config["TWILIO_API_URL"]).scheme == "http"
    secure = re.sub("^ws:", "wss:", url) if uses_emulator else url
    _refuse("url", _problem(config, secure, SOCKET))


def check_media_url(url: str) -> None:
    """Raises ArgumentsRefused unless it is an HTTP(S) URL without credentials; a sound may be on any host."""
    _refuse("url", _malformed(url, WEB))


def _refuse(field: str, problem: str | None) -> None:
    if problem:
        raise invalid([{"field": field, "message": problem}])


def host_problem(config: Config, url: str) -> str | None:
    """What an operator can do about a URL on a host that is not allowed; None if it is allowed."""
    parts = urlsplit(url)
    if _is_allowed(config, parts):
        return None
    return f"Ask an administrator to add the host {_entry(parts)} to ALLOWED_REDIRECT_HOSTS."


def _problem(config: Config, url: str, schemes: tuple[str, ...]) -> str | None:
    return _malformed(url, schemes) or host_problem(config, url)


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


def _is_allowed(config: Config, url: SplitResult) -> bool:
    """True for the origin of PUBLIC_URL, and for an entry of the setting."""
    public = urlsplit(config["PUBLIC_URL"])
    if (url.hostname, port_of(url)) == (public.hostname, port_of(public)):
        return True
    allowed: frozenset[AllowedHost] = config["ALLOWED_REDIRECT_HOSTS"]
    return any(host.permits(url) for host in allowed)


def _entry(url: SplitResult) -> str:
    """The host as ALLOWED_REDIRECT_HOSTS would name it."""
    scheme = "http://" if PORTS[url.scheme] == PORTS["http"] else ""
    port = "" if port_of(url) == PORTS[url.scheme] else f":{url.port}"
    return f"{scheme}{url.hostname}{port}"
