"""The log of calls: events for the feed, warnings and errors as in Twilio's debugger."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from midcall_emulator.core.call_record import Call, Notification
from midcall_emulator.core.clock import Clock
from midcall_emulator.core.events import Events
from midcall_emulator.core.outcomes import Problem
from midcall_emulator.core.sids import new_sid


class CallLog:
    """Publishes the events of calls, and keeps their warnings and errors."""

    def __init__(self, clock: Clock, events: Events) -> None:
        self._clock, self._events = clock, events
        self.on_notification: Callable[[Call, Notification], None] | None = None

    def publish(self, kind: str, call: Call, details: dict[str, Any] | None = None) -> None:
        """Publish an event of a call."""
        body = {"sid": call.sid, "at": call.since_answer(self._clock.now())}
        self._events.publish(kind, body | (details or {}))

    def warning(self, call: Call, code: int, message: str, url: str = "") -> None:
        """Record a warning about a call."""
        self._record(call, "warning", code, message, url)

    def error(self, call: Call, code: int, message: str, url: str = "") -> None:
        """Record an error of a call."""
        self._record(call, "error", code, message, url)

    def problem(self, call: Call, problem: Problem) -> None:
        """Record a problem as an error of a call."""
        self.error(call, problem.code, problem.message, problem.url)

    def _record(self, call: Call, level: str, code: int, message: str, url: str) -> None:
        notification = Notification(new_sid("NO"), self._clock.now(), code, level, message, url)
        call.notifications.append(notification)
        self.publish(level, call, {"code": code, "message": message, "url": url})
        if self.on_notification:
            self.on_notification(call, notification)


class HasCallLog(Protocol):
    """Offers the log of calls."""

    log: CallLog
