"""The verbs, by name. A verb's file registers what performs it; adding a verb touches that file only."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

from midcall_emulator.core.outcomes import Outcome
from midcall_emulator.twiml.document import Verb
from midcall_emulator.twiml.execution import Run, Segment

Perform = Callable[[Run, Verb], Awaitable[Outcome]]
Answers = Callable[[Verb], bool]


@dataclass(frozen=True, slots=True)
class Performer:
    """How one verb is performed, which attributes it knows, and whether it answers a ringing call."""

    perform: Perform
    attributes: frozenset[str]
    answers: Answers
    children: frozenset[str] = frozenset()

    def unknown_names(self, verb: Verb) -> list[str]:
        """Return what the verb carries and does not know: attributes, and elements inside it."""
        attributes = [] if "*" in self.attributes else sorted(set(verb.attributes) - self.attributes)
        nouns = {child.name for child in verb.children}
        strange = [] if "*" in self.children else sorted(nouns - self.children)
        return [f"attribute {name!r}" for name in attributes] + [f"<{name}> inside it" for name in strange]


Segments = Callable[[Run, Verb], AsyncIterator[Segment]]

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


def prompts(name: str) -> Callable[[Segments], Segments]:
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
