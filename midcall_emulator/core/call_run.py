"""What executes on a call: its script, the verb that is performed, and what takes part in that."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

from midcall_emulator.core.inputs import Inputs
from midcall_emulator.core.timers import Timer

OnCut = Callable[[str], Coroutine[Any, Any, None] | None]


class ListensToCall(Protocol):
    """What listens to a call without taking part in it: a recording, a stream, a transcription."""

    sid: str
    name: str
    resource: str

    def on_heard(self, item: dict[str, Any]) -> None:
        """Notice an item that the person on the call hears."""

    def on_speech(self, text: str, seconds: float, track: str) -> None:
        """Notice speech: of the person on the call (``inbound``) or of the other side (``outbound``)."""

    def on_keys(self, digits: str) -> None:
        """Notice keys that the person on the call presses."""

    def stop(self) -> None:
        """Stop listening."""


@dataclass(slots=True)
class CallRun:
    """The execution of one call.

    ``script`` is the task that runs its documents; ``document`` and ``verb`` are what it runs now. ``pickup`` gets the
    result of ringing. ``return_params`` are what a TwiML app hands back to the Dial that called it. ``credentials`` are
    those of the app, by host.
    """

    script: asyncio.Task[Any] | None = None
    document: str | None = None
    verb: str | None = None
    instant_documents: int = 0
    inputs: Inputs = field(default_factory=Inputs)
    listeners: list[ListensToCall] = field(default_factory=list)
    cut_hooks: list[OnCut] = field(default_factory=list)
    pickup: asyncio.Future[str] | None = None
    limit_timer: Timer | None = None
    on_answer: Callable[[], None] | None = None
    on_bridge: Callable[[], None] | None = None
    on_refer: Callable[[str], None] | None = None
    on_star: Callable[[], None] | None = None
    return_params: dict[str, str] | None = None
    recording_parameters: Callable[[], dict[str, str]] | None = None
    has_relay: bool = False
    callbacks_sent: int = 0
    last_callback: asyncio.Task[None] | None = None
    cookies: Any = None
    credentials: dict[str, Any] = field(default_factory=dict)

    @contextmanager
    def when_cut(self, hook: OnCut) -> Iterator[None]:
        """Call ``hook`` with ``redirect`` or ``hangup`` if the call is cut while the block runs."""
        self.cut_hooks.append(hook)
        try:
            yield
        finally:
            if hook in self.cut_hooks:
                self.cut_hooks.remove(hook)
