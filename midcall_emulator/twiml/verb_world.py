"""What verbs use: the parts of the world, and the vocabulary of TwiML."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol, TypeVar

from midcall_emulator.calls.own_numbers import HasOwnNumbers
from midcall_emulator.conferences.directory import HasConferences
from midcall_emulator.core.account import HasAccount
from midcall_emulator.core.applications import HasApplications
from midcall_emulator.core.audio import HasAudio
from midcall_emulator.core.call_log import HasCallLog
from midcall_emulator.core.call_record import HasCalls
from midcall_emulator.core.clock import HasClock
from midcall_emulator.core.documents import HasBackgroundDocuments, HasDocuments
from midcall_emulator.core.lifecycle import HasLifecycle
from midcall_emulator.core.numbers import HasNumbers
from midcall_emulator.core.people import HasPeople
from midcall_emulator.media.recordings import HasRecordings
from midcall_emulator.queues.directory import HasQueues
from midcall_emulator.switches import HasSwitches
from midcall_emulator.wire.connections import HasSession
from midcall_emulator.wire.faults import HasFaults
from midcall_emulator.wire.status_callbacks import HasStatusCallbacks
from midcall_emulator.wire.webhooks import HasWebhooks

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
    HasOwnNumbers,
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
