"""Connection overrides in the fragment of a webhook URL
(https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides)."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qsl, urldefrag

from midcall_emulator.core.digits import number_in
from midcall_emulator.core.outcomes import Problem

_WORDS = {
    "rp": (frozenset({"ct", "rt", "4xx", "5xx", "all"}), 11243),
    "e": (
        frozenset(
            {"ashburn", "dublin", "frankfurt", "sao-paulo", "singapore", "sydney", "tokyo", "umatilla"}
        ),
        11240,
    ),
}
_RANGES = {"ct": (100, 10000), "rt": (100, 15000), "tt": (100, 15000), "rc": (0, 5)}


@dataclass(slots=True)
class Limits:
    """The time limits of a request in real seconds, and after which failures it is retried how often."""

    connect_seconds: float = 5.0
    read_seconds: float = 15.0
    total_seconds: float = 15.0
    retries: int = 1
    retry_after: frozenset[str] = frozenset({"ct"})


def split(url: str, total_seconds: float = 15.0) -> tuple[str, Limits, list[Problem]]:
    """Return the URL without its fragment, the limits, and the problems of the fragment.

    An invalid value is a problem, and its default applies: 11243 for the retry policy, 11240 for the rest
    (https://www.twilio.com/docs/api/errors/11243, /11240). A fragment without overrides is dropped.
    """
    limits = Limits(read_seconds=total_seconds, total_seconds=total_seconds)
    if "#" not in url:
        return url, limits, []
    bare, fragment = urldefrag(url)
    results = [_apply(limits, key, value) for key, value in parse_qsl(fragment, keep_blank_values=True)]
    problems = [
        Problem(code, f"connection override {message}", url) for code, message in filter(None, results)
    ]
    return bare, limits, problems


def _apply(limits: Limits, key: str, value: str) -> tuple[int, str] | None:
    """Apply one override; return the error code and a message if its value is invalid."""
    if key in _WORDS:
        return _apply_words(limits, key, value)
    if key not in _RANGES:
        return None
    low, high = _RANGES[key]
    number = number_in(value, low, high)
    if number is None:
        return 11243 if key == "rc" else 11240, f"{key}={value} is not between {low} and {high}"
    _apply_number(limits, key, number)
    return None


def _apply_words(limits: Limits, key: str, value: str) -> tuple[int, str] | None:
    """Apply a list of words: the failures after which to retry, or the edges, which all lead to this machine."""
    allowed, code = _WORDS[key]
    chosen = set(value.split(","))
    if not chosen <= allowed:
        return code, f"{key}={value} is not a list of {', '.join(sorted(allowed))}"
    if key == "rp":
        limits.retry_after = frozenset(allowed if "all" in chosen else chosen)
    return None


def _apply_number(limits: Limits, key: str, value: int) -> None:
    if key == "rc":
        limits.retries = value
    else:
        names = {"ct": "connect_seconds", "rt": "read_seconds", "tt": "total_seconds"}
        setattr(limits, names[key], value / 1000)
