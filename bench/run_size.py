"""The size of a run: how long each part lasts, and how often it repeats."""

from dataclasses import dataclass


@dataclass(frozen=True)
class RunSize:
    """The size of a run. Seconds are for each contender and round, or for each situation."""

    rounds: int
    round_seconds: int
    warm_up_seconds: int
    situation_seconds: int
    bulk_rounds: int
    looped_calls: int
    screen_samples: int
    scale_seconds: int
    connections: int = 32


FULL = RunSize(
    rounds=7,
    round_seconds=10,
    warm_up_seconds=8,
    situation_seconds=60,
    bulk_rounds=15,
    looped_calls=1000,
    screen_samples=200,
    scale_seconds=15,
)
QUICK = RunSize(
    rounds=3,
    round_seconds=3,
    warm_up_seconds=3,
    situation_seconds=8,
    bulk_rounds=3,
    looped_calls=50,
    screen_samples=30,
    scale_seconds=4,
)
