"""Connection overrides in a webhook URL's fragment
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
    """How long a request may take (real seconds), how often it is repeated, and after what."""

    connect_seconds: float = 5.0
    read_seconds: float = 15.0
    total_seconds: float = 15.0
    retries: int = 1
    retry_after: frozenset[str] = frozenset({"ct"})


def split(url: str, total_seconds: float = 15.0) -> tuple[str, Limits, list[Problem]]:
    """Return the URL without its fragment, the limits, and what is wrong with the fragment.

    A fragment that holds no overrides at all is just dropped; a bad value keeps its default: 11243 for the retry
    policy, 11240 for the rest (https://www.twilio.com/docs/api/errors/11243, /11240).
    """
    limits = Limits(read_seconds=total_seconds, total_seconds=total_seconds)
    if "#" not in url:
        return url, limits, []
    bare, fragment = urldefrag(url)
    applied = [_apply(limits, key, value) for key, value in parse_qsl(fragment, keep_blank_values=True)]
    return (
        bare,
        limits,
        [Problem(code, f"connection override {what}", url) for code, what in filter(None, applied)],
    )


def _apply(limits: Limits, key: str, value: str) -> tuple[int, str] | None:
    if key in _WORDS:
        return _choose(limits, key, value)
    if key not in _RANGES:
        return None
    low, high = _RANGES[key]
    number = number_in(value, low, high)
    if number is None:
        return 11243 if key == "rc" else 11240, f"{key}={value} is not between {low} and {high}"
    _set(limits, key, number)
    return None


def _choose(limits: Limits, key: str, value: str) -> tuple[int, str] | None:
    """Read a list of words: after which failures to repeat; from which edges to connect, which are all this machine."""
    words, code = _WORDS[key]
    chosen = set(value.split(","))
    if not chosen <= words:
        return code, f"{key}={value} is not of {' '.join(sorted(words))}"
    if key == "rp":
        limits.retry_after = frozenset(words if "all" in chosen else chosen)
    return None


def _set(limits: Limits, key: str, value: int) -> None:
    if key == "rc":
        limits.retries = value
    else:
        names = {"ct": "connect_seconds", "rt": "read_seconds", "tt": "total_seconds"}
        setattr(limits, names[key], value / 1000)
