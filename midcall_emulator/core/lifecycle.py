"""The life of a call: status changes, answer, time limit, end, and what is cut short by a redirect or the end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Protocol

from midcall_emulator.core.call_log import CallLog
from midcall_emulator.core.call_record import Call
from midcall_emulator.core.clock import Clock


class CallLifecycle:
    """Answer and end calls; ``report`` sends the status callback of an event, if the call subscribed to it."""

    def __init__(self, clock: Clock, log: CallLog, report: Callable[[Call, str], None]) -> None:
        self._clock, self._log, self._report = clock, log, report

    def enter(self, call: Call, status: str) -> None:
        """Put a call in a status and publish that."""
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
        """Set how many seconds after its answer the call ends."""
        call.time_limit = seconds
        if call.run.limit_timer:
            call.run.limit_timer.cancel()
        if call.answered is not None:
            left = call.answered + seconds - self._clock.now()
            call.run.limit_timer = self._clock.call_later(left, lambda: self.end(call, "completed"))

    def end(self, call: Call, status: str) -> None:
        """End a call that has not ended yet: cut what runs on it, stop its listeners, report the end."""
        if call.is_over:
            return
        was_queued = call.status == "queued"
        call.ended = self._clock.now()
        self.enter(call, status)
        self.cut(call, "hangup")
        for listener in list(call.run.listeners):
            listener.stop()
        if call.run.limit_timer:
            call.run.limit_timer.cancel()
        call.run.limit_timer = None
        if not was_queued:
            self._report(call, "completed")

    def cut(self, call: Call, reason: str) -> asyncio.Task[None] | None:
        """Stop what runs on a call; return the task of the requests that this still has to make, if there are any.

        ``reason`` is ``redirect`` or ``hangup``.
        """
        script, call.run.script = call.run.script, None
        if script and script is not asyncio.current_task():
            script.cancel()
        hooks, call.run.cut_hooks = call.run.cut_hooks, []
        call.run.verb = call.run.on_star = None
        remaining = [work for hook in reversed(hooks) if (work := hook(reason)) is not None]
        return self._clock.spawn(_in_turn(remaining)) if remaining else None


class HasLifecycle(Protocol):
    """Offers what starts and ends calls."""

    lifecycle: CallLifecycle


async def _in_turn(remaining: list[Coroutine[Any, Any, None]]) -> None:
    for work in remaining:
        await work
