"""What is counted during a load: calls, webhooks, answers, how long they took, what was heard."""

from __future__ import annotations

import math
import time
from array import array
from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from midcall_emulator.core.call_record import TERMINAL

_MAIN = {"say": "text", "play": "url", "dtmf": "digits", "apology": "text"}


@dataclass(slots=True)
class Figures:
    """Counts so far. ``callers`` is by how it ended for the caller, ``calls`` by the call's final status."""

    started: float = field(default_factory=time.monotonic)
    dialled: int = 0
    dialling_seconds: float = 0.0
    live: int = 0
    peak: int = 0
    callers: Counter[str] = field(default_factory=Counter)
    calls: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    answers: Counter[str] = field(default_factory=Counter)
    heard: Counter[str] = field(default_factory=Counter)
    warnings: Counter[str] = field(default_factory=Counter)
    milliseconds: array[float] = field(default_factory=lambda: array("d"))

    @property
    def seconds(self) -> float:
        """Real seconds since the start."""
        return time.monotonic() - self.started

    def count(self, kind: str, body: dict[str, Any], is_ours: bool) -> None:
        """Count one happening of the feed; calls only if they are our callers'."""
        if kind == "response":
            self._response(body)
        elif kind == "heard" and is_ours:
            self.heard[_named(body["heard"])] += 1
        elif kind in ("warning", "error"):
            self.warnings[f"{body['code']} {body['message']}"[:100]] += 1
        elif kind == "call" and is_ours:
            self.live += 1
            self.peak = max(self.peak, self.live)
        elif kind == "status" and is_ours and body["status"] in TERMINAL:
            self.live -= 1
            self.calls[body["status"]] += 1

    def _response(self, body: dict[str, Any]) -> None:
        self.kinds[body["kind"]] += 1
        self.answers[str(body["status"] or "none")] += 1
        self.milliseconds.append(body["milliseconds"])

    @property
    def is_well(self) -> bool:
        """Whether nobody waited in vain, no call failed, and every webhook was answered with success."""
        in_vain = set(self.callers) - {"done", "cut off"}
        good = all(answer.startswith(("2", "3")) for answer in self.answers)
        return not in_vain and good and not self.calls["failed"]


def percentile(values: list[float], percent: float) -> float:
    """Return the value below which ``percent`` of the sorted values lie, by nearest rank; 0 if there are none."""
    if not values:
        return 0.0
    return values[max(0, math.ceil(len(values) * percent / 100) - 1)]


def _named(item: dict[str, Any]) -> str:
    value = item.get(_MAIN.get(item["kind"], ""), "")
    text = urlsplit(value).path if item["kind"] == "play" else value
    return f"{item['kind']} {text[:60]}".strip()
