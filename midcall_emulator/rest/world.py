"""What the REST API uses of the world, and its own state."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from midcall_emulator.calls.placement import HasPlacement
from midcall_emulator.conferences.directory import HasConferences
from midcall_emulator.core.account import HasAccount, HasBaseUrl
from midcall_emulator.core.applications import HasApplications
from midcall_emulator.core.audio import HasAudio
from midcall_emulator.core.call_log import HasCallLog
from midcall_emulator.core.call_record import HasCalls
from midcall_emulator.core.clock import HasClock
from midcall_emulator.core.lifecycle import HasLifecycle
from midcall_emulator.core.numbers import HasNumbers
from midcall_emulator.media.recordings import HasRecordings
from midcall_emulator.queues.directory import HasQueues
from midcall_emulator.rest.response import Response
from midcall_emulator.switches import HasSwitches
from midcall_emulator.wire.connections import HasSession
from midcall_emulator.wire.faults import HasFaults
from midcall_emulator.wire.webhooks import HasWebhooks

RequestKey = tuple[str, tuple[tuple[str, str], ...]]


@dataclass(slots=True)
class RestState:
    """The number of requests in progress, and the responses to requests with an IdempotencyKey."""

    in_progress: int = 0
    responses: dict[RequestKey, Response] = field(default_factory=dict)


class RestWorld(
    HasAccount,
    HasApplications,
    HasAudio,
    HasBaseUrl,
    HasCallLog,
    HasCalls,
    HasClock,
    HasConferences,
    HasFaults,
    HasLifecycle,
    HasNumbers,
    HasPlacement,
    HasQueues,
    HasRecordings,
    HasSession,
    HasSwitches,
    HasWebhooks,
    Protocol,
):
    """The parts of the world that the REST API uses; ``keys`` maps SIDs of API keys to their secrets."""

    keys: dict[str, str]
    rest: RestState


class RestEmulator(Protocol):
    """The emulator behind the REST API. A reset replaces its world."""

    @property
    def world(self) -> RestWorld: ...
