"""The figures: live calls over time, outcomes of commands, and response times of webhooks."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

from freezegun import freeze_time

from tests.support.clients import form, new_call_sid
from voice.calls import CallFacts
from voice.errors import RegistryUnavailable
from voice.events import NewEvent
from voice.registry.time_span import STEPS, Span
from voice.web.webhooks.latency import UP_TO_MS, Latency

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
SPAN = Span(NOON - timedelta(hours=2), NOON)


def record_call(registry, began, ended=None):
    """Record a call from its first webhook to its end."""
    sid = new_call_sid()
    registry.events.record(
        NewEvent("webhook.incoming", "twilio", sid, at=began), CallFacts(sid, "in-progress")
    )
    if ended:
        facts = CallFacts(sid, "completed", ended_at=ended)
        registry.events.record(NewEvent("webhook.status", "twilio", sid, at=ended), facts)


def test_the_curve_counts_the_calls_that_are_live_at_the_end_of_each_step(registry):
    record_call(registry, NOON - timedelta(hours=3))  # live before and after the span
    record_call(registry, NOON - timedelta(hours=3), NOON - timedelta(hours=2, minutes=30))  # before the span
    record_call(registry, NOON - timedelta(minutes=90), NOON - timedelta(minutes=30))
    live = [point["live"] for point in registry.figures.live_calls(SPAN)]
    assert len(live) == STEPS
    assert (live[0], live[STEPS // 2], live[-1]) == (1, 2, 1)


def test_outcomes_are_counted_by_command_and_state(registry):
    with freeze_time(NOON - timedelta(minutes=5)):
        for _ in range(2):
            registry.commands.settle(request_command(registry, "end"), "confirmed")
        request_command(registry, "say")
    with freeze_time(NOON - timedelta(hours=5)):
        request_command(registry, "say")
    assert registry.figures.command_outcomes(SPAN) == [
        {"command": "end", "state": "confirmed", "count": 2},
        {"command": "say", "state": "requested", "count": 1},
    ]


def request_command(registry, name):
    """Request a command for a new call; its record."""
    return registry.commands.request(name, {}, "ann", new_call_sid(), None, "fingerprint").record


def test_percentiles_are_the_upper_bounds_of_the_counted_times(registry):
    minute = NOON - timedelta(minutes=10)
    with freeze_time(NOON):
        registry.figures.add_webhook_times(
            {(minute, 5): 60, (minute, 20): 39, (NOON - timedelta(days=9), 5): 7}
        )
        registry.figures.add_webhook_times({(minute, 20): 0, (minute, 500): 1})
    assert registry.figures.webhook_times(Span(NOON - timedelta(days=10), NOON - timedelta(days=1))) == []
    [step] = registry.figures.webhook_times(SPAN)
    assert {name: step[name] for name in ("count", "p50_ms", "p99_ms")} == {
        "count": 100,
        "p50_ms": 5,
        "p99_ms": 20,
    }


def test_counts_that_cannot_be_stored_are_stored_by_the_next_flush():
    stored: Counter[int] = Counter()
    failures = [RegistryUnavailable("unavailable")]

    def add(counted):
        if failures:
            raise failures.pop()
        stored.update({up_to: count for (_, up_to), count in counted.items()})

    latency = Latency(add)
    for seconds in (0.0004, 0.0049, 99):
        latency.count(seconds)
    latency.flush()
    assert not stored
    latency.flush()
    assert stored == {1: 1, 5: 1, UP_TO_MS[-1]: 1}
    latency.count(0)
    latency._timer.cancel()


def test_the_api_shows_the_figures(admin, twilio):
    twilio.post("/voice/incoming", form(new_call_sid()))
    shown = admin.get("/figures", hours=1)
    assert shown.status_code == 200
    assert shown.json["live"][-1]["live"] >= 0
    assert admin.get("/figures", hours=0).status_code == 422
