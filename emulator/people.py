"""The people who are dialled: what they do when their phone rings."""

from __future__ import annotations

from dataclasses import dataclass

BEHAVIOURS = ("answer", "busy", "no-answer", "failed", "manual")


@dataclass(frozen=True, slots=True)
class Person:
    """What somebody does, and after how many seconds of ringing (None: as usual)."""

    behaviour: str = "answer"
    after_seconds: float | None = None


class People:
    """Behaviour by number; whoever is not listed answers."""

    def __init__(self) -> None:
        self._by_number: dict[str, Person] = {}

    def set(self, number: str, person: Person) -> None:
        """Say what the person at a number does from now on."""
        self._by_number[number] = person

    def of(self, number: str) -> Person:
        """Return the person at a number."""
        return self._by_number.get(number, Person())
