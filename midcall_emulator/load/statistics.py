"""Statistics of a load test: calls, webhooks, responses and their latency, and what the callers heard."""

from __future__ import annotations

import math
import time
from array import array
from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from midcall_emulator.core.call_record import TERMINAL

_MAIN_FIELD = {"say": "text", "play": "url", "dtmf": "digits", "apology": "text"}


@dataclass(slots=True)
class Statistics:
    """Counts so far. ``callers`` counts outcomes for the caller, ``calls`` final statuses of the calls."""

    started: float = field(default_factory=time.monotonic)
    dialed: int = 0
    dialing_seconds: float = 0.0
    live: int = 0
    peak: int = 0
    callers: Counter[str] = field(default_factory=Counter)
    calls: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    responses: Counter[str] = field(default_factory=Counter)
    heard: Counter[str] = field(default_factory=Counter)
    warnings: Counter[str] = field(default_factory=Counter)
    milliseconds: array[float] = field(default_factory=lambda: array("d"))

    @property
    def seconds(self) -> float:
        """Real seconds since the start."""
        return time.monotonic() - self.started

    @property
    def failed_callers(self) -> int:
        """How many callers did not reach the end of their steps although the call was live."""
        return sum(count for outcome, count in self.callers.items() if outcome not in ("done", "cut off"))

    @property
    def is_success(self) -> bool:
        """Whether no caller and no call failed, and the app answered every webhook with success."""
        all_answered = all(status.startswith(("2", "3")) for status in self.responses)
        return not self.failed_callers and all_answered and not self.calls["failed"]

    def count(self, kind: str, body: dict[str, Any], is_ours: bool) -> None:
        """Count one event of the feed. Calls count only if a caller of this load test made them."""
        if kind == "response":
            self._count_response(body)
        elif kind == "heard" and is_ours:
            self.heard[_summary(body["heard"])] += 1
        elif kind in ("warning", "error"):
            self.warnings[f"{body['code']} {body['message']}"[:100]] += 1
        elif kind == "call" and is_ours:
            self.live += 1
            self.peak = max(self.peak, self.live)
        elif kind == "status" and is_ours and body["status"] in TERMINAL:
            self.live -= 1
            self.calls[body["status"]] += 1

    def _count_response(self, body: dict[str, Any]) -> None:
        self.kinds[body["kind"]] += 1
        self.responses[str(body["status"] or "none")] += 1
        self.milliseconds.append(body["milliseconds"])


def percentile(values: list[float], percent: float) -> float:
    """Return the nearest-rank percentile of sorted values; 0 without values."""
    if not values:
        return 0.0
    return values[max(0, math.ceil(len(values) * percent / 100) - 1)]


def _summary(item: dict[str, Any]) -> str:
    value = item.get(_MAIN_FIELD.get(item["kind"], ""), "")
    text = urlsplit(value).path if item["kind"] == "play" else value
    return f"{item['kind']} {text[:60]}".strip()
