"""Parsers of settings. Each takes the text of a setting and raises ValueError if the text is malformed."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import ip_address
from math import inf
from typing import NamedTuple, TypeVar
from urllib.parse import urlsplit

Number = TypeVar("Number", int, float)


class OpeningHours(NamedTuple):
    """Opening hours: weekdays (Monday is 0), and minutes since midnight, `closes` not included."""

    days: range
    opens: int
    closes: int


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


def numbers(text: str) -> dict[str, str]:
    """The scene of each phone number: `+14155550100=greeting,…`."""
    pairs = [pair.split("=") for pair in text.split(",") if pair.strip()]
    if any(len(pair) != 2 or not pair[0].strip().startswith("+") for pair in pairs):
        raise ValueError
    return {number.strip(): scene.strip() for number, scene in pairs}


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
