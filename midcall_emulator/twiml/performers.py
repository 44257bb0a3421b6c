"""Declarations of TwiML: the attributes and children of an element, and the function that performs a verb.

A verb is a module in ``verbs/`` with a function under ``@performs`` or ``@prompt``; ``vocabulary`` reads them.
"""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Awaitable, Callable, Container, Iterable, Mapping
from dataclasses import dataclass

from midcall_emulator.core.outcomes import Outcome
from midcall_emulator.twiml.document import Verb
from midcall_emulator.twiml.execution import SCHEMA_WARNING, Run, Segment

Perform = Callable[[Run, Verb], Awaitable[Outcome]]
Answers = Callable[[Verb], bool]
Segments = Callable[[Run, Verb], AsyncIterator[Segment]]


def attributes(without_code: str = "", **codes: int) -> Mapping[str, int]:
    """Return attribute names with the error code of an invalid value (https://www.twilio.com/docs/api/errors).

    The names in ``without_code``, separated by spaces, have no code of their own: 12200.
    """
    return dict.fromkeys(without_code.split(), SCHEMA_WARNING) | codes


@dataclass(frozen=True, slots=True)
class Element:
    """A verb or a noun: its attributes with their error codes, and the elements inside it; None allows any name."""

    name: str
    attributes: Mapping[str, int] | None
    children: frozenset[str] | None

    def unknown_names(self, element: Verb) -> list[str]:
        """Describe the attributes and the children of an element that Twilio does not document."""
        attributes = _unknown(element.attributes, self.attributes)
        children = _unknown((child.name for child in element.children), self.children)
        return [f"attribute {name!r}" for name in attributes] + [f"<{name}> inside it" for name in children]


@dataclass(frozen=True, slots=True)
class Performer(Element):
    """A verb: ``answers`` is whether it answers a ringing call."""

    perform: Perform
    answers: Answers


@dataclass(frozen=True, slots=True)
class Prompt(Performer):
    """A verb that the caller hears, alone or inside Gather: its sound in segments."""

    segments: Segments

    async def passes(self, run: Run, verb: Verb) -> AsyncIterator[Segment]:
        """Yield every pass of every segment, for a verb that takes input during the prompt."""
        async for segment in self.segments(run, verb):
            for _ in itertools.count() if segment.passes is None else range(segment.passes):
                yield segment


def performs(
    name: str,
    attributes: Mapping[str, int] | None,
    answers: bool | Answers = True,
    children: str | None = "",
) -> Callable[[Perform], Performer]:
    """Make the decorated function the performer of a verb.

    ``children`` are names separated by spaces, None for any. ``answers`` is whether the verb answers a ringing call.
    """
    return lambda perform: Performer(name, attributes, _names(children), perform, _decision(answers))


def prompt(
    name: str, attributes: Mapping[str, int] | None, answers: bool = True, children: str | None = ""
) -> Callable[[Segments], Prompt]:
    """Make the decorated generator a prompt: performed as a verb, it plays its segments to the end."""

    def declare(segments: Segments) -> Prompt:
        async def perform(run: Run, verb: Verb) -> Outcome:
            async for segment in segments(run, verb):
                await run.play_segment(segment)
            return None

        return Prompt(name, attributes, _names(children), perform, _decision(answers), segments)

    return declare


def _names(text: str | None) -> frozenset[str] | None:
    return None if text is None else frozenset(text.split())


def _decision(answers: bool | Answers) -> Answers:
    return answers if callable(answers) else lambda verb: answers


def _unknown(names: Iterable[str], known: Container[str] | None) -> list[str]:
    return [] if known is None else sorted({name for name in names if name not in known})
