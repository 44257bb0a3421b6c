"""The life of a call: status changes, answer, time limit, interruption and end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Protocol

from midcall_emulator.core.call_log import CallLog
from midcall_emulator.core.call_record import Call
from midcall_emulator.core.clock import Clock


class CallLifecycle:
    """Answers and ends calls. ``report`` sends the status callback of an event, if the call subscribed to it."""

    def __init__(self, clock: Clock, log: CallLog, report: Callable[[Call, str], None]) -> None:
        self._clock, self._log, self._report = clock, log, report

    def enter(self, call: Call, status: str) -> None:
        """Set the status of a call, and publish it."""
        call.enter(status)
        call.updated = self._clock.now()
        self._log.publish("status", call, {"status": status})

    def answer(self, call: Call) -> None:
        """Answer a call: its duration counts from now."""
        call.answered = self._clock.now()
        self.enter(call, "in-progress")
        self.limit(call, call.time_limit)
        self._report(call, "answered")
        if call.run.on_answer:
            call.run.on_answer()

    def limit(self, call: Call, seconds: float) -> None:
        """End the call ``seconds`` after its answer."""
        call.time_limit = seconds
        _cancel_limit(call)
        if call.answered is not None:
            remaining = call.answered + seconds - self._clock.now()
            call.run.limit_timer = self._clock.call_later(remaining, lambda: self.end(call, "completed"))

    def end(self, call: Call, status: str) -> None:
        """End a call, unless it has ended: interrupt its run, stop its listeners, report the end."""
        if call.is_over:
            return
        was_queued = call.status == "queued"
        call.ended = self._clock.now()
        self.enter(call, status)
        self.interrupt(call, "hangup")
        for listener in list(call.run.listeners):
            listener.stop()
        _cancel_limit(call)
        if not was_queued:
            self._report(call, "completed")

    def interrupt(self, call: Call, reason: str) -> asyncio.Task[None] | None:
        """Interrupt the run of a call, because of a ``redirect`` or a ``hangup``.

        Return the task of the requests that the interrupted verbs still make, None if there are none.
        """
        script, call.run.script = call.run.script, None
        if script and script is not asyncio.current_task():
            script.cancel()
        hooks, call.run.interrupt_hooks = call.run.interrupt_hooks, []
        call.run.verb = call.run.on_star = None
        requests = [request for hook in reversed(hooks) if (request := hook(reason)) is not None]
        return self._clock.spawn(_make_in_turn(requests)) if requests else None


def _cancel_limit(call: Call) -> None:
    if call.run.limit_timer:
        call.run.limit_timer.cancel()
    call.run.limit_timer = None


async def _make_in_turn(requests: list[Coroutine[Any, Any, None]]) -> None:
    for request in requests:
        await request


class HasLifecycle(Protocol):
    """Offers what answers and ends calls."""

    lifecycle: CallLifecycle
