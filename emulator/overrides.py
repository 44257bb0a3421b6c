"""Connection overrides in a webhook URL's fragment
(https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides)."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qsl, urldefrag

_RANGES = {"ct": (100, 10000), "rt": (100, 15000), "tt": (100, 15000), "rc": (0, 5)}


@dataclass(slots=True)
class Limits:
    """How long a request may take (real seconds), how often it is repeated, and after what."""

    connect_seconds: float = 5.0
    read_seconds: float = 15.0
    total_seconds: float = 15.0
    retries: int = 1
    retry_after: frozenset[str] = frozenset({"ct"})


def split(url: str, total_seconds: float = 15.0) -> tuple[str, Limits, str]:
    """Return the URL without its fragment, the limits, and a complaint about the fragment (or "").

    A fragment that holds no overrides at all is just dropped; a bad value keeps its default (error 11240).
    """
    limits = Limits(read_seconds=total_seconds, total_seconds=total_seconds)
    if "#" not in url:
        return url, limits, ""
    bare, fragment = urldefrag(url)
    complaints = [_apply(limits, key, value) for key, value in parse_qsl(fragment)]
    return bare, limits, "; ".join(filter(None, complaints))


def _apply(limits: Limits, key: str, value: str) -> str:
    if key == "rp":
        kinds = frozenset(value.split(","))
        limits.retry_after = frozenset({"ct", "rt", "4xx", "5xx"}) if "all" in kinds else kinds
        return ""
    if key not in _RANGES:
        return ""
    low, high = _RANGES[key]
    if not value.isdigit() or not low <= int(value) <= high:
        return f"{key}={value} is not between {low} and {high}"
    _set(limits, key, int(value))
    return ""


def _set(limits: Limits, key: str, value: int) -> None:
    if key == "rc":
        limits.retries = value
    else:
        names = {"ct": "connect_seconds", "rt": "read_seconds", "tt": "total_seconds"}
        setattr(limits, names[key], value / 1000)
