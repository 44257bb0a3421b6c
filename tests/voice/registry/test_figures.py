"""The figures: a curve of live calls, outcomes of commands, and percentiles of webhooks from counted buckets."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

from freezegun import freeze_time

from tests.support.clients import form, new_call_sid
from voice.calls import CallFacts
from voice.events import NewEvent
from voice.registry.time_span import STEPS, Span
from voice.web.webhooks.latency import UP_TO_MS, Latency

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
SPAN = Span(NOON - timedelta(hours=2), NOON)


def call(registry, began, ended=None):
    sid = new_call_sid()
    registry.events.record(
        NewEvent("webhook.incoming", "twilio", sid, at=began), CallFacts(sid, "in-progress")
    )
    if ended:
        facts = CallFacts(sid, "completed", ended_at=ended)
        registry.events.record(NewEvent("webhook.status", "twilio", sid, at=ended), facts)


def test_the_curve_counts_who_was_live_at_the_end_of_each_step(registry):
    call(registry, NOON - timedelta(hours=3))  # from before the span on
    call(registry, NOON - timedelta(hours=3), NOON - timedelta(hours=2, minutes=30))  # over before it
    call(registry, NOON - timedelta(minutes=90), NOON - timedelta(minutes=30))
    live = [point["live"] for point in registry.figures.live_calls(SPAN)]
    assert len(live) == STEPS
    assert (live[0], live[STEPS // 2], live[-1]) == (1, 2, 1)


def test_outcomes_are_counted_by_command_and_state(registry):
    with freeze_time(NOON - timedelta(minutes=5)):
        for _ in range(2):
            registry.commands.settle(_asked(registry, "end"), "confirmed")
        _asked(registry, "say")
    with freeze_time(NOON - timedelta(hours=5)):
        _asked(registry, "say")
    assert registry.figures.command_outcomes(SPAN) == [
        {"command": "end", "state": "confirmed", "count": 2},
        {"command": "say", "state": "requested", "count": 1},
    ]


def _asked(registry, name):
    asked = registry.commands.request(name, {}, "ann", new_call_sid(), None, "fingerprint")
    return getattr(asked, "record", asked)


def test_percentiles_come_from_the_bounds_that_were_counted(registry):
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


def test_counts_that_the_registry_cannot_take_are_kept_for_the_next_time():
    from voice.errors import RegistryUnavailable

    taken: Counter[int] = Counter()
    away = [True]

    def add(counted):
        if away.pop():
            away.append(False)
            raise RegistryUnavailable("away")
        taken.update({up_to: count for (_, up_to), count in counted.items()})
        away.append(False)

    latency = Latency(add)
    for seconds in (0.0004, 0.0049, 99):
        latency.count(seconds)
    latency.flush()
    assert not taken
    latency.flush()
    assert taken == {1: 1, 5: 1, UP_TO_MS[-1]: 1}
    latency.count(0)
    latency._timer.cancel()


def test_the_api_shows_them(admin, twilio):
    twilio.post("/voice/incoming", form(new_call_sid()))
    shown = admin.get("/figures", hours=1)
    assert shown.status_code == 200
    assert shown.json["live"][-1]["live"] >= 0
    assert admin.get("/figures", hours=0).status_code == 422
