"""Heartbeats of workers: who lives is known from the registry, by the database's clock."""

from __future__ import annotations

from datetime import timedelta

import pytest
from freezegun import freeze_time

from tests.support.database_clock import own_clock
from voice.events import now
from voice.registry import Registry
from voice.registry.schema.workers import workers


def ids(registry: Registry) -> list[str]:
    return [worker.id for worker in registry.workers.live()]


def move_last_beat(registry: Registry, seconds: float) -> None:
    """Shift the stored time of all heartbeats."""
    moved = workers.update().values(seen_at=registry.workers.live()[0].seen_at + timedelta(seconds=seconds))
    registry.database.write(lambda connection: connection.execute(moved))


def test_a_worker_lives_from_its_first_report_until_it_leaves(registry):
    assert ids(registry) == []
    registry.workers.beat("one", "a.example")
    registry.workers.beat("two", "b.example")
    registry.workers.beat("one", "a.example")
    assert ids(registry) == ["one", "two"]
    registry.workers.leave("one")
    assert [worker[:2] for worker in registry.workers.live()] == [("two", "b.example")]


@pytest.mark.parametrize("seconds", [-11, 11])
def test_a_worker_whose_report_is_old_or_from_the_future_does_not_count(registry, seconds):
    registry.workers.beat("one", "a.example")
    move_last_beat(registry, seconds)
    assert ids(registry) == []
    registry.workers.beat("one", "a.example")
    assert ids(registry) == ["one"]


def test_a_worker_that_died_long_ago_is_forgotten(registry):
    registry.workers.beat("dead", "a.example")
    move_last_beat(registry, -3601)
    registry.workers.beat("one", "a.example")
    left = registry.database.fetch_column(workers.select().with_only_columns(workers.c.id))
    assert left == ["one"]


def test_hosts_whose_clocks_differ_agree_on_postgresql(postgresql_url):
    registry = Registry(postgresql_url)
    with own_clock(), freeze_time(now() + timedelta(hours=2)):
        registry.workers.beat("one", "a.example")
    assert ids(registry) == ["one"]
    registry.close()
