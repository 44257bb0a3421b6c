"""The record of a call: its parties, status, times, transcript, requests and notifications."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from midcall_emulator.core.call_run import CallRun
from midcall_emulator.core.history import History
from midcall_emulator.core.sids import BySid
from midcall_emulator.core.transcript_log import TranscriptLog

TERMINAL = frozenset({"completed", "busy", "failed", "no-answer", "canceled"})


@dataclass(slots=True)
class RequestItem:
    """A request to the app and its response; ``at`` is in virtual seconds.

    ``conditions`` are the headers of a conditional request, None if the response is never cached.
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
    sends_token: bool = False


@dataclass(slots=True)
class Notification:
    """A warning or an error of a call, as Twilio's debugger shows it."""

    sid: str
    at: float
    code: int
    level: str
    message: str
    url: str = ""


@dataclass(slots=True)
class Handlers:
    """The URLs of a call besides those of its documents: the fallback and the status callback."""

    fallback_url: str = ""
    fallback_method: str = "POST"
    status_callback: str = ""
    status_method: str = "POST"
    status_events: frozenset[str] = frozenset({"completed"})


@dataclass(slots=True)
class Call:
    """A call or a leg of a call. Times are in virtual seconds, None for what has not happened.

    ``carrier`` holds the parameters that the carrier adds to webhooks. ``person`` is the caller who hears this call, if
    it is the leg of a TwiML app. ``history`` holds each status.
    """

    sid: str
    from_: str
    to: str
    direction: str
    status: str
    created: float
    parent_sid: str | None = None
    phone_number_sid: str | None = None
    application_sid: str = ""
    handlers: Handlers = field(default_factory=Handlers)
    carrier: dict[str, str] = field(default_factory=dict)
    time_limit: float = 14400
    queue_seconds: float = 0.0
    started: float | None = None
    answered: float | None = None
    ended: float | None = None
    updated: float | None = None
    answered_by: str | None = None
    bridged_to: Call | None = None
    person: Call | None = None
    transcript: TranscriptLog = field(default_factory=TranscriptLog)
    requests: list[RequestItem] = field(default_factory=list)
    notifications: list[Notification] = field(default_factory=list)
    history: History[str] = field(default_factory=History)
    run: CallRun = field(default_factory=CallRun)

    @property
    def is_over(self) -> bool:
        """Whether the status is final."""
        return self.status in TERMINAL

    @property
    def caller_name(self) -> str | None:
        """The name of the caller, if the carrier passes it on."""
        return self.carrier.get("CallerName")

    @property
    def duration(self) -> int | None:
        """The whole seconds from answer to end, None before the end and for a call without an answer."""
        if self.answered is None or self.ended is None:
            return None
        return round(self.ended - self.answered)

    @property
    def app_leg(self) -> Call | None:
        """The leg of the TwiML app that this caller is connected to."""
        return self.bridged_to if self.bridged_to and self.bridged_to.person is self else None

    @property
    def partner(self) -> Call | None:
        """The call on the other side of a bridge between two people."""
        return None if self.app_leg else self.bridged_to

    def enter(self, status: str) -> None:
        """Set the status, and keep it for a REST API that lags behind."""
        self.status = status
        self.history.note(status)

    def status_as_of(self, lag_seconds: float) -> str:
        """Return the status of ``lag_seconds`` real seconds ago."""
        if lag_seconds <= 0:
            return self.status
        return self.history.as_of(lag_seconds) or self.history.first() or self.status

    def since_answer(self, at: float) -> float:
        """Return a virtual moment as seconds since the answer, or since the start before the answer."""
        zero = self.created if self.answered is None else self.answered
        return round(at - zero, 3) + 0.0


class Calls(BySid[Call]):
    """All calls, oldest first."""


class HasCalls(Protocol):
    """Offers all calls."""

    calls: Calls
