"""The execution of a document on a call, as its verbs see it."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from midcall_emulator.core.call_record import Call
from midcall_emulator.core.call_run import OnInterrupt
from midcall_emulator.core.inputs import Inputs
from midcall_emulator.twiml.document import Document
from midcall_emulator.twiml.verb_world import VerbWorld

SCHEMA_WARNING = 12200  # https://www.twilio.com/docs/api/errors/12200


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a prompt: the item to play, its length in virtual seconds, and how often it is played.

    With ``passes`` None, the segment is repeated until something interrupts it.
    """

    item: dict[str, Any]
    seconds: float
    passes: int | None = 1


@dataclass(slots=True)
class Run:
    """One document on one call.

    ``allowed`` limits the verbs, as in a whisper; None allows all. ``ends_as`` is the status of a call that the end of
    the document ends unanswered.
    """

    world: VerbWorld
    call: Call
    document: Document
    allowed: frozenset[str] | None = None
    ends_as: str | None = None

    @property
    def inputs(self) -> Inputs:
        """What the person on the call presses and says."""
        return self.call.run.inputs

    def when_interrupted(self, hook: OnInterrupt) -> AbstractContextManager[None]:
        """Call ``hook`` if a redirect or the end of the call interrupts the block."""
        return self.call.run.when_interrupted(hook)

    def play(self, kind: str, **details: Any) -> None:
        """Play an item of a kind now."""
        self.play_item({"kind": kind} | details)

    def play_item(self, item: dict[str, Any], at: float | None = None) -> None:
        """Play an item at a virtual moment, by default now; the same object played again is a repetition."""
        self.world.audio.play_item(self.call, item, at)

    async def play_segment(self, segment: Segment) -> None:
        """Play every pass of a segment to its end."""
        self.reset_instant_documents()
        await self.world.clock.repeat(
            segment.seconds, lambda at: self.play_item(segment.item, at), segment.passes
        )

    async def sleep(self, seconds: float) -> None:
        """Wait for virtual time to pass."""
        if seconds > 0:
            self.reset_instant_documents()
        await self.world.clock.sleep(seconds)

    def reset_instant_documents(self) -> None:
        """Start to count anew the documents in a row that take no time, because time passes."""
        self.call.run.instant_documents = 0

    def warn(self, code: int, message: str, url: str = "") -> None:
        """Record a warning about the call."""
        self.world.log.warning(self.call, code, message, url)

    def warn_of_schema(self, message: str) -> None:
        """Record a warning about something in the document that Twilio's schema does not allow."""
        self.warn(SCHEMA_WARNING, f"Schema validation warning: {message}", self.document.url or "")
