"""A question of Pay: the detail that it asks for, the caller's keys, and the prompt that is played."""

from __future__ import annotations

from dataclasses import dataclass

from midcall_emulator.core.inputs import Input, Key
from midcall_emulator.payments.details import PARTS, Details
from midcall_emulator.twiml.document import Verb


@dataclass(slots=True)
class Question:
    """One attempt to ask for a detail; ``error`` is the error type of the attempt before."""

    part: str
    attempt: int = 1
    error: str = ""
    keys: str = ""
    is_complete: bool = False
    is_starred: bool = False

    @property
    def is_over(self) -> bool:
        """Whether the caller has pressed the star or the pound key."""
        return self.is_complete or self.is_starred

    def add(self, item: Input) -> bool:
        """Add a key; return False for speech, which Pay ignores."""
        if not isinstance(item, Key):
            return False
        self.is_starred, self.is_complete = item.digit == "*", item.digit == "#"
        if item.digit not in "*#":
            self.keys += item.digit
        return True

    def next(self) -> Question:
        """Return the next attempt."""
        return Question(self.part, self.attempt + 1, self.error)

    def prompts(self, verb: Verb, details: Details) -> tuple[Verb, ...]:
        """Return what the caller hears: the ``<Prompt>`` with the most matching attributes, or the default question."""
        known = {
            "for": self.part,
            "attempt": str(self.attempt),
            "errorType": self.error,
            "cardType": details.card_type,
        }
        matching = [child for child in verb.children if child.name == "Prompt" and _matches(child, known)]
        if not matching:
            return (Verb("Say", text=PARTS[self.part].question),)
        return max(matching, key=lambda prompt: len(prompt.attributes)).children


def _matches(prompt: Verb, known: dict[str, str]) -> bool:
    return all(
        value in prompt.get(name, value).split() or not prompt.get(name) for name, value in known.items()
    )
