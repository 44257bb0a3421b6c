"""The verbs, by name. A verb's file registers what performs it; adding a verb touches that file only."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from midcall_emulator.core.outcomes import Outcome
from midcall_emulator.twiml.document import Verb

if TYPE_CHECKING:
    from midcall_emulator.twiml.execution import Run

Perform = Callable[["Run", Verb], Awaitable[Outcome]]
Answers = Callable[[Verb], bool]


@dataclass(frozen=True, slots=True)
class Performer:
    """How one verb is performed, which attributes it knows, and whether it answers a ringing call."""

    perform: Perform
    attributes: frozenset[str]
    answers: Answers
    children: frozenset[str] = frozenset()

    def strangers(self, verb: Verb) -> list[str]:
        """Return what the verb carries and does not know: attributes, and elements inside it."""
        attributes = [] if "*" in self.attributes else sorted(set(verb.attributes) - self.attributes)
        nouns = {child.name for child in verb.children}
        strange = [] if "*" in self.children else sorted(nouns - self.children)
        return [f"attribute {name!r}" for name in attributes] + [f"<{name}> inside it" for name in strange]


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of what is heard: the item (without its time), how long it lasts in virtual seconds, and how often.

    ``passes`` is None for a piece that is repeated until something cuts it.
    """

    item: dict[str, Any]
    seconds: float
    passes: int | None = 1


Segments = Callable[["Run", Verb], AsyncIterator[Segment]]

PERFORMERS: dict[str, Performer] = {}
PROMPTS: dict[str, Segments] = {}


def performs(
    name: str, attributes: str = "", answers: bool | Answers = True, children: str = ""
) -> Callable[[Perform], Perform]:
    """Register the decorated function as what performs ``<name>``.

    ``attributes`` and ``children`` are the names that it knows ("*": it looks itself); ``answers`` says whether it
    answers a call that rings.
    """

    def register(perform: Perform) -> Perform:
        decide = answers if callable(answers) else lambda verb: bool(answers)
        PERFORMERS[name] = Performer(
            perform, frozenset(attributes.split()), decide, frozenset(children.split())
        )
        return perform

    return register


def lets_hear(name: str) -> Callable[[Segments], Segments]:
    """Register the decorated generator as what ``<name>`` lets the caller hear, piece by piece."""

    def register(segments: Segments) -> Segments:
        PROMPTS[name] = segments
        return segments

    return register


async def each_pass(run: Run, verb: Verb) -> AsyncIterator[Segment]:
    """Yield what a prompt lets the caller hear, pass by pass, for those who listen in between."""
    async for segment in PROMPTS[verb.name](run, verb):
        for _ in itertools.count() if segment.passes is None else range(segment.passes):
            yield segment
