"""The run of a call: the task that executes its documents, and everything that ends with it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

from midcall_emulator.core.inputs import Inputs
from midcall_emulator.core.timers import Timer

OnInterrupt = Callable[[str], Coroutine[Any, Any, None] | None]
"""Gets ``redirect`` or ``hangup``; returns the requests that are still to be made, if there are any."""


class ListensToCall(Protocol):
    """A listener of a call: a recording, a stream, a transcription. It does not control the call."""

    sid: str
    name: str
    resource: str

    def on_heard(self, item: dict[str, Any]) -> None:
        """Notice an item that the person on the call hears."""

    def on_speech(self, text: str, seconds: float, track: str) -> None:
        """Notice speech of the person on the call (``inbound``) or of the other side (``outbound``)."""

    def on_keys(self, digits: str) -> None:
        """Notice keys that the person on the call presses."""

    def stop(self) -> None:
        """Stop listening."""


@dataclass(slots=True)
class CallRun:
    """The run of one call.

    ``script`` is the task that executes documents; ``document`` and ``verb`` are the ones it executes now.
    ``instant_documents`` counts the documents in a row that took no time. ``pickup`` gets the result of ringing.
    ``on_ringing`` and ``on_answer`` are called when the phone rings and when the call is answered.
    ``return_params`` are what a TwiML app returns to the Dial that called it. ``credentials`` belong to a host of the
    app each.
    """

    script: asyncio.Task[None] | None = None
    document: str | None = None
    verb: str | None = None
    instant_documents: int = 0
    inputs: Inputs = field(default_factory=Inputs)
    listeners: list[ListensToCall] = field(default_factory=list)
    interrupt_hooks: list[OnInterrupt] = field(default_factory=list)
    pickup: asyncio.Future[str] | None = None
    limit_timer: Timer | None = None
    on_ringing: Callable[[], None] | None = None
    on_answer: Callable[[], None] | None = None
    on_bridge: Callable[[], None] | None = None
    on_refer: Callable[[str], None] | None = None
    on_star: Callable[[], None] | None = None
    return_params: dict[str, str] | None = None
    recording_parameters: Callable[[], dict[str, str]] | None = None
    has_relay: bool = False
    cookies: Any = None
    credentials: dict[str, Any] = field(default_factory=dict)

    @contextmanager
    def when_interrupted(self, hook: OnInterrupt) -> Iterator[None]:
        """Call ``hook`` if a redirect or the end of the call interrupts the block."""
        self.interrupt_hooks.append(hook)
        try:
            yield
        finally:
            if hook in self.interrupt_hooks:
                self.interrupt_hooks.remove(hook)
