"""Face one: Twilio's REST API (https://www.twilio.com/docs/voice/api); one file per resource."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, Protocol

from multidict import MultiMapping

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
from midcall_emulator.queues.queues import HasQueues
from midcall_emulator.switches import HasSwitches
from midcall_emulator.wire.faults import HasFaults
from midcall_emulator.wire.sockets import HasSession
from midcall_emulator.wire.webhooks import HasWebhooks

PREFIX = "/2010-04-01/Accounts/{account_sid}"
_CONFERENCES = ("conferences", "participants", "participant_creation")
_CALLS = ("calls", "call_list", "recordings", "forks", "user_defined_messages", "payments", "logs")
_FILES = (
    *(f"conferences.{name}" for name in _CONFERENCES),
    *(f"calls.{name}" for name in _CALLS),
    "queues",
    "queue_members",
    "recordings",
    "incoming_phone_numbers",
    "applications",
)


@dataclass(slots=True)
class RestState:
    """What the API remembers between requests: how many are under way, and the answers to those with a key."""

    under_way: int = 0
    answers: dict[Any, Answer] = field(default_factory=dict)


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
    """The parts of the world that the REST API uses."""

    keys: dict[str, str]
    rest: RestState


@dataclass(frozen=True, slots=True)
class Ask:
    """One request, signed in already: where it goes, and its parameters (query or form, names case-sensitive)."""

    world: RestWorld
    path: str
    ids: dict[str, str]
    params: MultiMapping[str]

    def get(self, name: str, default: str = "") -> str:
        """Return a parameter, the default where it is not given or empty."""
        return self.params.get(name) or default


@dataclass(frozen=True, slots=True)
class Answer:
    """Status and JSON body; no body with 204."""

    status: int
    body: dict[str, Any] | None = None


Operation = Callable[[Ask], Answer]
OPERATIONS: dict[tuple[str, str], Operation] = {}


def operation(method: str, path: str) -> Callable[[Operation], Operation]:
    """Register the decorated function for a method and a path below the account."""

    def register(function: Operation) -> Operation:
        OPERATIONS[method, PREFIX + path] = function
        return function

    return register


def load() -> None:
    """Import every resource's file."""
    for name in _FILES:
        import_module(f"midcall_emulator.rest.resources.{name}")
