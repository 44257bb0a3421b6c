"""The record of a call: who, when, in which state, what was heard and what was requested."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

from midcall_emulator.core.inputs import Inputs
from midcall_emulator.core.sids import BySid
from midcall_emulator.core.transcript_log import Heard

TERMINAL = frozenset({"completed", "busy", "failed", "no-answer", "canceled"})


@dataclass(slots=True)
class RequestItem:
    """One request that was sent to the app, and what came back. ``at`` is virtual time.

    ``conditions`` are headers that ask for an answer only if it is a new one; None where an answer is never kept.
    """

    at: float
    kind: str
    method: str
    url: str
    params: dict[str, str]
    signature: str
    token: str
    status: int | None = None
    response: str | None = None
    content_type: str | None = None
    error: str | None = None
    discarded: bool = False
    milliseconds: int = 0
    conditions: dict[str, str] | None = None


@dataclass(slots=True)
class Notification:
    """A warning or an error about a call, as Twilio's debugger would show it."""

    sid: str
    at: float
    code: int
    level: str
    message: str
    url: str = ""


@dataclass(slots=True)
class Handlers:
    """Where the app of a call lives: fallback and status callback."""

    fallback_url: str = ""
    fallback_method: str = "POST"
    status_callback: str = ""
    status_method: str = "POST"
    status_events: frozenset[str] = frozenset({"completed"})


OnCut = Callable[[str], Coroutine[Any, Any, None] | None]


@dataclass(slots=True)
class Call:
    """A call or a leg of one. Times are virtual seconds; ``None`` where it has not come to that.

    ``person`` is the call of whoever hears this one, where that is a leg to a TwiML app, and ``returned`` what the app
    gives back at its end.
    """

    sid: str
    from_: str
    to: str
    direction: str
    status: str
    created: float
    parent_sid: str | None = None
    phone_number_sid: str | None = None
    handlers: Handlers = field(default_factory=Handlers)
    time_limit: float = 14400
    started: float | None = None
    answered: float | None = None
    ended: float | None = None
    updated: float | None = None
    carrier: dict[str, str] = field(default_factory=dict)
    application_sid: str = ""
    answered_by: str | None = None
    document: str | None = None
    verb: str | None = None
    heard: Heard = field(default_factory=Heard)
    requests: list[RequestItem] = field(default_factory=list)
    notifications: list[Notification] = field(default_factory=list)
    inputs: Inputs = field(default_factory=Inputs)
    history: list[tuple[float, str]] = field(default_factory=list)
    callbacks_sent: int = 0
    documents_at_once: int = 0
    cookies: Any = None
    credentials: dict[str, Any] = field(default_factory=dict)
    script: asyncio.Task[Any] | None = None
    cut_hooks: list[OnCut] = field(default_factory=list)
    on_star: Callable[[], None] | None = None
    last_callback: asyncio.Task[Any] | None = None
    limit_timer: Any = None
    pickup: asyncio.Future[str] | None = None
    on_answer: Callable[[], None] | None = None
    on_bridge: Callable[[], None] | None = None
    on_refer: Callable[[str], None] | None = None
    bridged_to: Call | None = None
    person: Call | None = None
    returned: dict[str, str] | None = None
    forks: list[Any] = field(default_factory=list)
    recording_parameters: Callable[[], dict[str, str]] | None = None
    relayed: bool = False
    queue_seconds: float = 0.0

    @property
    def is_over(self) -> bool:
        """Whether the call has ended, one way or the other."""
        return self.status in TERMINAL

    @property
    def caller_name(self) -> str | None:
        """Who the carrier says is calling."""
        return self.carrier.get("CallerName")

    @property
    def duration(self) -> int | None:
        """Whole seconds between answer and end."""
        if self.answered is None or self.ended is None:
            return None
        return round(self.ended - self.answered)

    @property
    def app_leg(self) -> Call | None:
        """The leg to a TwiML app that this person talks to."""
        return self.bridged_to if self.bridged_to and self.bridged_to.person is self else None

    @property
    def partner(self) -> Call | None:
        """The call on the other side of a bridge, unless that is a TwiML app."""
        return None if self.app_leg else self.bridged_to

    def enter(self, status: str) -> None:
        """Put the call in ``status`` and remember when, in real time, for a REST side that lags behind."""
        self.status = status
        self.history.append((time.monotonic(), status))

    def status_as_of(self, lag_seconds: float) -> str:
        """Return the status that the call had so many real seconds ago."""
        if lag_seconds <= 0:
            return self.status
        limit = time.monotonic() - lag_seconds
        seen = [status for at, status in self.history if at <= limit]
        return seen[-1] if seen else self.history[0][1]

    @contextmanager
    def when_cut(self, hook: OnCut) -> Iterator[None]:
        """Have ``hook`` called with "redirect" or "hangup" if the call is taken from what runs in the block."""
        self.cut_hooks.append(hook)
        try:
            yield
        finally:
            if hook in self.cut_hooks:
                self.cut_hooks.remove(hook)

    def since_answer(self, at: float) -> float:
        """Return a virtual moment as seconds since the answer (since the start, before there is an answer)."""
        zero = self.created if self.answered is None else self.answered
        return round(at - zero, 3) + 0.0


class Calls(BySid[Call]):
    """Every call of this world, oldest first."""


class HasCalls(Protocol):
    """Offers every call."""

    calls: Calls
