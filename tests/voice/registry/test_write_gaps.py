"""Operators' writes on SQLite leave gaps, in which a waiting webhook gets the lock, except within a command."""

from __future__ import annotations

from typing import Any

import pytest

from voice.registry.engine import database as module
from voice.registry.engine.database import BURST_SECONDS, GAP_SECONDS, Database


class Clock:
    """A clock that only sleeping moves on."""

    def __init__(self) -> None:
        self.now, self.waits = 1000.0, []

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.waits.append(round(seconds, 6))


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock of the database."""
    clock = Clock()
    monkeypatch.setattr(module, "time", clock)
    return clock


def waits_of(database: Database, clock: Clock, pauses: list[float]) -> list[Any]:
    """How long each write waits for its gap, with these pauses after the writes."""
    clock.waits.clear()
    for pause in pauses:
        database.write_patiently(lambda connection: None)
        clock.now += pause
    return clock.waits


def test_the_two_writes_of_a_command_leave_no_gap_and_a_third_one_does(sqlite_url, clock):
    with module.open_database(sqlite_url) as database:
        assert waits_of(database, clock, [0.001, 0.001, 0.001]) == [0, 0, GAP_SECONDS - 0.001]


def test_writes_that_are_far_apart_leave_no_gap(sqlite_url, clock):
    with module.open_database(sqlite_url) as database:
        assert waits_of(database, clock, [BURST_SECONDS] * 3) == [0, 0, 0]
