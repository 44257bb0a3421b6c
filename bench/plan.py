"""How long and how often: the one place where the size of a run is decided."""

import os
from dataclasses import dataclass


@dataclass(frozen=True)
class Plan:
    """The size of a run. Seconds are for each contender and round, or for each situation."""

    rounds: int
    round_seconds: int
    warm_up_seconds: int
    situation_seconds: int
    bulk_rounds: int
    looped_calls: int
    screen_samples: int
    connections: int = 32


FULL = Plan(
    rounds=7,
    round_seconds=10,
    warm_up_seconds=8,
    situation_seconds=60,
    bulk_rounds=15,
    looped_calls=1000,
    screen_samples=200,
)
QUICK = Plan(
    rounds=3,
    round_seconds=3,
    warm_up_seconds=3,
    situation_seconds=8,
    bulk_rounds=3,
    looped_calls=50,
    screen_samples=30,
)


@dataclass(frozen=True)
class Cores:
    """Which core the server under test has to itself, and which the load; None where there is only one."""

    server: int | None
    load: int | None


def cores() -> Cores:
    """The first two cores that this process may use."""
    allowed = sorted(os.sched_getaffinity(0))
    return Cores(allowed[0], allowed[1]) if len(allowed) > 1 else Cores(None, None)
