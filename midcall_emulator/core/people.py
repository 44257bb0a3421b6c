"""The people who are dialled: what they do when their phone rings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

BEHAVIORS = ("answer", "busy", "no-answer", "failed", "manual")


@dataclass(frozen=True, slots=True)
class Person:
    """What somebody does, and after how many seconds of ringing (None: as usual)."""

    behaviour: str = "answer"
    after_seconds: float | None = None


class People:
    """Behaviour by number; whoever is not listed does what ``default`` says."""

    def __init__(self, default: Person) -> None:
        self.default = default
        self._by_number: dict[str, Person] = {}

    def set(self, number: str, person: Person) -> None:
        """Say what the person at a number does from now on."""
        self._by_number[number] = person

    def forget(self, number: str) -> None:
        """Let the person at a number do what everybody does."""
        self._by_number.pop(number, None)

    def of(self, number: str) -> Person:
        """Return the person at a number."""
        return self._by_number.get(number, self.default)

    def __iter__(self) -> Iterator[tuple[str, Person]]:
        return iter(sorted(self._by_number.items()))


class HasPeople(Protocol):
    """Offers the people whose phones can ring."""

    people: People
