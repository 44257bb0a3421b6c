"""Face one: Twilio's REST API (https://www.twilio.com/docs/voice/api); one file per resource."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

from multidict import MultiMapping

if TYPE_CHECKING:
    from midcall_emulator.world import World

PREFIX = "/2010-04-01/Accounts/{account_sid}"
_ROOMS = ("conferences", "participants", "participant_create", "queues", "members")
_CALL_PARTS = ("recordings", "call_recordings", "forks", "messages", "payments")
_FILES = ("calls", "call_list", "numbers", "applications", *_ROOMS, *_CALL_PARTS, "logs")


@dataclass(frozen=True, slots=True)
class Ask:
    """One request, signed in already: where it goes, and its parameters (query or form, names case-sensitive)."""

    world: World
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
        import_module(f"midcall_emulator.rest.{name}")
