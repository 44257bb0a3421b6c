"""Status callbacks that an app subscribes to: of recordings and conferences."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StatusCallback:
    """Where to send the callback, and for which events."""

    url: str
    method: str
    events: frozenset[str]
