"""A document being run on a call: what a verb can reach, hear into, wait for and complain about."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from midcall_emulator.conferences.directory import HasConferences
from midcall_emulator.core.account import HasAccount
from midcall_emulator.core.applications import HasApplications
from midcall_emulator.core.audio import HasAudio
from midcall_emulator.core.call_log import HasCallLog
from midcall_emulator.core.call_record import Call, HasCalls
from midcall_emulator.core.call_run import OnCut
from midcall_emulator.core.clock import HasClock
from midcall_emulator.core.documents import HasBackgroundDocuments, HasDocuments
from midcall_emulator.core.inputs import Inputs
from midcall_emulator.core.lifecycle import HasLifecycle
from midcall_emulator.core.numbers import HasNumbers
from midcall_emulator.core.people import HasPeople
from midcall_emulator.media.recordings import HasRecordings
from midcall_emulator.queues.directory import HasQueues
from midcall_emulator.switches import HasSwitches
from midcall_emulator.twiml.document import Document
from midcall_emulator.wire.faults import HasFaults
from midcall_emulator.wire.sockets import HasSession
from midcall_emulator.wire.status_callbacks import HasStatusCallbacks
from midcall_emulator.wire.webhooks import HasWebhooks

SCHEMA_WARNING = 12200  # https://www.twilio.com/docs/api/errors/12200
Kind = TypeVar("Kind")


class KnowsElements(Protocol):
    """The declared verbs and nouns, as the verbs see them."""

    def of(self, kind: type[Kind]) -> Mapping[str, Kind]:
        """Return the elements of a kind by name."""

    def error_code(self, element: str, attribute: str) -> int:
        """Return Twilio's code for an invalid value of an attribute."""


class HasVocabulary(Protocol):
    """Offers the declared verbs and nouns."""

    @property
    def vocabulary(self) -> KnowsElements: ...


class VerbWorld(
    HasAccount,
    HasApplications,
    HasAudio,
    HasBackgroundDocuments,
    HasCallLog,
    HasCalls,
    HasClock,
    HasConferences,
    HasDocuments,
    HasFaults,
    HasLifecycle,
    HasNumbers,
    HasPeople,
    HasQueues,
    HasRecordings,
    HasSession,
    HasStatusCallbacks,
    HasSwitches,
    HasVocabulary,
    HasWebhooks,
    Protocol,
):
    """The parts of the world that verbs use."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of what is heard: the item (without its time), how long it lasts in virtual seconds, and how often.

    ``passes`` is None for a piece that is repeated until something cuts it.
    """

    item: dict[str, Any]
    seconds: float
    passes: int | None = 1


@dataclass(slots=True)
class Run:
    """One document on one call. ``allowed`` limits the verbs, as in a whisper; ``ends_as`` is for unanswered ends."""

    world: VerbWorld
    call: Call
    document: Document
    allowed: frozenset[str] | None = None
    ends_as: str | None = None

    @property
    def inputs(self) -> Inputs:
        """What the person on the call presses and says."""
        return self.call.run.inputs

    def when_cut(self, hook: OnCut) -> AbstractContextManager[None]:
        """Call ``hook`` with ``redirect`` or ``hangup`` if the call is cut while the block runs."""
        return self.call.run.when_cut(hook)

    def play(self, kind: str, **more: Any) -> None:
        """Let the person on this call hear something now."""
        self.play_item({"kind": kind} | more)

    def play_item(self, item: dict[str, Any], at: float | None = None) -> None:
        """Let the person hear an item, the same one again if it is a repetition, now or at a moment."""
        self.world.audio.play_item(self.call, item, at)

    def reset_instant_documents(self) -> None:
        """Note that time passes: documents in a row that took none are counted anew."""
        self.call.run.instant_documents = 0

    async def play_segment(self, segment: Segment) -> None:
        """Let the person hear a piece, each pass of it, to the end."""
        self.reset_instant_documents()
        await self.world.clock.repeat(
            segment.seconds, lambda at: self.play_item(segment.item, at), segment.passes
        )

    def warn(self, code: int, message: str, url: str = "") -> None:
        """Note a warning; the run goes on."""
        self.world.log.warning(self.call, code, message, url)

    async def sleep(self, seconds: float) -> None:
        """Let virtual time pass."""
        if seconds > 0:
            self.reset_instant_documents()
        await self.world.clock.sleep(seconds)
