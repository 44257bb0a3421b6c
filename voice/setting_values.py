"""Parsers of settings, and their values. Each raises ValueError if the text of its setting is malformed."""

from __future__ import annotations

import re
from collections.abc import Callable
from ipaddress import ip_address
from math import inf
from typing import NamedTuple, TypeVar
from urllib.parse import SplitResult, urlsplit

Number = TypeVar("Number", int, float)
PORTS = {"https": 443, "wss": 443, "http": 80, "ws": 80}
SAFE_LENGTH, SAFE_VARIETY = 16, 6  # characters of a secret, and how many different ones
LOOPBACK = ("localhost", "127.0.0.1", "::1")
ANY_PORT = "*"


class OpeningHours(NamedTuple):
    """Opening hours: weekdays (Monday is 0), and minutes since midnight, `closes` not included."""

    days: range
    opens: int
    closes: int


class AllowedHost(NamedTuple):
    """A host with its scheme and port. Empty parts mean https on 443; on loopback, any scheme and any port."""

    name: str
    scheme: str = ""
    port: str = ""

    @classmethod
    def parse(cls, text: str) -> AllowedHost:
        """Read `host`, `host:port`, `http://host` or `http://host:*`. Raises ValueError."""
        whole = text.strip().lower()
        scheme, _, rest = whole.rpartition("://")
        rest, any_port, tail = rest.partition(f":{ANY_PORT}")
        parts = urlsplit(f"//{rest}")
        if (
            scheme not in ("", "http", "https")
            or tail
            or not parts.hostname
            or parts.netloc != rest
            or "@" in rest
        ):
            raise ValueError
        return cls(parts.hostname, scheme, ANY_PORT if any_port else str(parts.port or ""))

    def permits(self, url: SplitResult) -> bool:
        """True for a URL on this host, with its scheme, or that of a WebSocket beside it, and on its port."""
        return url.hostname == self.name and self._has_scheme(url.scheme) and self._has_port(url)

    def _has_scheme(self, scheme: str) -> bool:
        if not self.scheme and self.name in LOOPBACK:
            return True
        return PORTS[scheme] == PORTS[self.scheme or "https"]

    def _has_port(self, url: SplitResult) -> bool:
        if self.port == ANY_PORT or (self.name in LOOPBACK and not (self.scheme or self.port)):
            return True
        return port_of(url) == (int(self.port) if self.port else PORTS[self.scheme or "https"])


def port_of(url: SplitResult) -> int:
    """The port of the URL, or that of its scheme."""
    return PORTS[url.scheme] if url.port is None else url.port


def account_sid(text: str) -> str:
    """The SID of an account: AC and 32 more characters."""
    if len(text) != 34 or not text.startswith("AC"):
        raise ValueError
    return text


def tokens(text: str) -> tuple[str, ...]:
    """One or several tokens, separated by commas."""
    found = tuple(token.strip() for token in text.split(",") if token.strip())
    if not found:
        raise ValueError
    return found


def is_weak(secret: str) -> bool:
    """True for a secret that is short or repeats few characters."""
    return len(secret) < SAFE_LENGTH or len(set(secret)) < SAFE_VARIETY


def http_url(text: str) -> str:
    """An http or https URL without a query; a slash at its end is removed."""
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise ValueError
    _ = parts.port  # raises ValueError above 65535
    return text.rstrip("/")


def listen_address(text: str) -> str:
    """An IP address of this machine, as gunicorn takes it: IPv6 in brackets."""
    address = ip_address(text)
    return f"[{address}]" if address.version == 6 else str(address)


def database_url(text: str) -> str:
    """The URL of a SQLite or PostgreSQL database."""
    if not text.startswith(("sqlite://", "postgresql+psycopg://")):
        raise ValueError
    return text


def hosts(text: str) -> frozenset[str]:
    """Host names in lower case, separated by commas."""
    return frozenset(host.strip().lower() for host in text.split(",") if host.strip())


def allowed_hosts(text: str) -> frozenset[AllowedHost]:
    """Allowed hosts, separated by commas."""
    return frozenset(AllowedHost.parse(one) for one in text.split(",") if one.strip())


def numbers(text: str) -> dict[str, str]:
    """The scene of each phone number: `+14155550100=greeting,…`."""
    pairs = [pair.split("=") for pair in text.split(",") if pair.strip()]
    if any(len(pair) != 2 or not pair[0].strip().startswith("+") for pair in pairs):
        raise ValueError
    return {number.strip(): scene.strip() for number, scene in pairs}


def caller_id(text: str) -> str:
    """A phone number like +14155550100, or nothing."""
    if text and not re.fullmatch(r"\+[1-9][0-9]{6,14}", text):
        raise ValueError
    return text


def hours(text: str) -> OpeningHours:
    """Opening hours: `mon-fri 09:00-17:30`."""
    days, _, times = text.partition(" ")
    names = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    first, last = (names.index(day) for day in days.lower().split("-"))
    opens, closes = (
        int(hour) * 60 + int(minute) for hour, minute in (t.split(":") for t in times.split("-"))
    )
    if not (first <= last and 0 <= opens < closes <= 24 * 60):
        raise ValueError
    return OpeningHours(range(first, last + 1), opens, closes)


def within(kind: type[Number], least: float, most: float = inf) -> Callable[[str], Number]:
    """A parser of whole numbers (int) or decimal numbers (float) from `least` to `most`."""

    def parse(text: str) -> Number:
        value = kind(text)
        if not least <= value <= most:
            raise ValueError
        return value

    return parse


def one_of(*words: str) -> Callable[[str], str]:
    """A parser of one of these words, in upper or lower case."""

    def parse(text: str) -> str:
        if text.lower() not in words:
            raise ValueError
        return text.lower()

    return parse
