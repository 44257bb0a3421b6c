"""What runs TwiML on calls, as the parts see it that place, dial and connect calls."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from midcall_emulator.core.call_record import Call
from midcall_emulator.core.outcomes import End, Fetch, Outcome, Source

PROMPTS = frozenset({"Say", "Play", "Pause", "Redirect"})


class RunsDocuments(Protocol):
    """Runs documents that decide what a call does."""

    async def converse(self, call: Call, source: Source) -> None:
        """Run ``source`` and what it leads to, then end the call."""

    async def follow(
        self, call: Call, source: Source, allowed: frozenset[str] | None = None, kind: str = "twiml"
    ) -> End:
        """Run ``source`` and what it leads to; return how the last document ended."""


def _nothing() -> Mapping[str, str]:
    return {}


@dataclass(frozen=True, slots=True)
class Manner:
    """How a document is heard: the kind of its request, who hears it, the verbs that it may have, what is sent.

    ``forbids`` is the error of other verbs; where it is None they are left out, with a warning.
    """

    kind: str
    audience: Callable[[], Iterable[Call]]
    allowed: frozenset[str] = PROMPTS
    params: Callable[[], Mapping[str, str]] = _nothing
    forbids: int | None = 13238


class PlaysDocuments(Protocol):
    """Plays documents beside what a call does: while it waits or is on hold, and as announcements."""

    async def play(self, call: Call, source: Fetch, manner: Manner) -> Outcome:
        """Play a document and those it redirects to; return what ended that: None for the end of the last one."""


class HasDocuments(Protocol):
    """Offers what runs documents."""

    @property
    def documents(self) -> RunsDocuments: ...


class HasBackgroundDocuments(Protocol):
    """Offers what plays documents beside what a call does."""

    @property
    def background_documents(self) -> PlaysDocuments: ...
