"""The people whose phones calls ring, and how they behave."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

BEHAVIORS = ("answer", "busy", "no-answer", "failed", "manual")


@dataclass(frozen=True, slots=True)
class Person:
    """How a person reacts to a ringing phone, and after how many seconds; None is the default of the behavior."""

    behaviour: str = "answer"
    after_seconds: float | None = None


class People:
    """The person at each number; ``default`` is the person at every number that is not set."""

    def __init__(self, default: Person) -> None:
        self.default = default
        self._by_number: dict[str, Person] = {}

    def set(self, number: str, person: Person) -> None:
        """Set the person at a number."""
        self._by_number[number] = person

    def forget(self, number: str) -> None:
        """Return a number to the default person."""
        self._by_number.pop(number, None)

    def is_set(self, number: str) -> bool:
        """Return whether a person was set for a number."""
        return number in self._by_number

    def of(self, number: str) -> Person:
        """Return the person at a number."""
        return self._by_number.get(number, self.default)

    def __iter__(self) -> Iterator[tuple[str, Person]]:
        return iter(sorted(self._by_number.items()))


class HasPeople(Protocol):
    """Offers the people whose phones ring."""

    people: People
