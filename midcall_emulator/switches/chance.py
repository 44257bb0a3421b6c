"""Chance: what is drawn by lot, the same in every run with the same seed."""

from __future__ import annotations

from random import Random


class Chance:
    """Draws numbers from a seed."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)

    def between(self, least: float, most: float) -> float:
        """Return a number between two bounds."""
        return self._random.uniform(least, most)

    def happens(self, probability: float) -> bool:
        """Return True with this probability."""
        return self._random.random() < probability
