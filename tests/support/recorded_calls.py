"""Calls that a test records without a webhook, and the list of calls."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from tests.support.clients import new_call_sid
from voice.calls import CallFacts
from voice.errors import RegistryUnavailable
from voice.events import NewEvent
from voice.registry import CallQuery, Registry

START = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)


def record_call(registry: Registry, status: str = "in-progress", at: datetime = START, **facts: Any) -> str:
    """Record a status callback with these facts; the CallSid, which is new unless it is given."""
    call_sid = facts.pop("call_sid", None) or new_call_sid()
    event = NewEvent("webhook.status", "twilio", call_sid, at=at)
    assert registry.events.record(event, CallFacts(call_sid, status, **facts))
    return call_sid


def listed_sids(registry: Registry, **query: Any) -> list[str]:
    """The CallSids of all pages of the list, in order."""
    found, cursor = [], None
    while True:
        page, cursor = registry.calls.find(CallQuery(**query, cursor=cursor))
        found += [call.call_sid for call in page]
        if cursor is None:
            return found
        assert len(page) == query.get("limit", 50)


def retry_until_available(work: Callable[[], Any]) -> Any:
    """The result of `work`. On SQLite the locks of other writers can last longer than the registry waits."""
    while True:
        try:
            return work()
        except RegistryUnavailable:
            continue
