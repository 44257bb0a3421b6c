"""A document being run on a call: what a verb can reach, hear into, wait for and complain about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from midcall_emulator.core.call_record import Call
from midcall_emulator.core.outcomes import Fetch, Problem
from midcall_emulator.twiml import attributes
from midcall_emulator.twiml.document import Document, Verb
from midcall_emulator.twiml.performers import Segment

if TYPE_CHECKING:
    from midcall_emulator.world import World


@dataclass(slots=True)
class Run:
    """One document on one call. ``allowed`` limits the verbs, as in a whisper; ``ends_as`` is for unanswered ends."""

    world: World
    call: Call
    document: Document
    allowed: frozenset[str] | None = None
    ends_as: str | None = None

    def hear(self, kind: str, **more: Any) -> None:
        """Let the person on this call hear something now."""
        self.let_hear({"kind": kind} | more)

    def let_hear(self, item: dict[str, Any], at: float | None = None) -> None:
        """Let the person hear an item, the same one again if it is a repetition, now or at a moment."""
        self.world.let_hear(self.call, item, at)

    async def play(self, segment: Segment) -> None:
        """Let the person hear a piece, each pass of it, to the end."""
        self.call.documents_at_once = 0
        await self.world.clock.repeat(
            segment.seconds, lambda at: self.let_hear(segment.item, at), segment.passes
        )

    def warn(self, code: int, message: str, url: str = "") -> None:
        """Note a warning; the run goes on."""
        self.world.notify(self.call, code, message, "warning", url)

    async def sleep(self, seconds: float) -> None:
        """Let virtual time pass."""
        if seconds > 0:
            self.call.documents_at_once = 0
        await self.world.clock.sleep(seconds)

    def action(self, verb: Verb, params: dict[str, str]) -> Fetch | Problem:
        """Return the request for the verb's ``action``, by default the running document's own URL."""
        url = attributes.resolve(self, verb.get("action").strip())
        if isinstance(url, Problem):
            return url
        return Fetch(url, attributes.method(self, verb), params)
