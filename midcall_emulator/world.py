"""One world: its clock, its calls and everything around them, and what can happen to a call in it."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

import aiohttp

from midcall_emulator.conferences.directory import Conferences
from midcall_emulator.core.applications import Applications
from midcall_emulator.core.call_record import Call, Calls, Notification
from midcall_emulator.core.clock import Clock
from midcall_emulator.core.events import Events
from midcall_emulator.core.numbers import Numbers
from midcall_emulator.core.outcomes import Outcome
from midcall_emulator.core.people import People
from midcall_emulator.core.sids import new_sid
from midcall_emulator.media import forks
from midcall_emulator.media.recordings import Recordings
from midcall_emulator.queues.queues import Queues
from midcall_emulator.settings import Settings
from midcall_emulator.switches import Switches
from midcall_emulator.wire import callbacks
from midcall_emulator.wire.faults import Faults
from midcall_emulator.wire.webhooks import Webhooks


class World:
    """Everything that a reset replaces."""

    def __init__(
        self, settings: Settings, session: aiohttp.ClientSession, events: Events, base_url: str
    ) -> None:
        self.account, self.token, self.keys = settings.account, settings.token, settings.keys
        self.base_url, self.events, self.session = base_url, events, session
        self.switches = Switches()
        self.switches.turn(settings.switches)
        self.clock = Clock(settings.clock_mode, settings.clock_speed)
        self.calls, self.numbers = Calls(), Numbers(settings.numbers)
        self.people, self.faults = People(settings.people), Faults()
        self.applications = Applications()
        self.next_turn, self.rest_requests = 0.0, 0
        self.answers: dict[Any, Any] = {}
        self.conferences, self.queues = Conferences(self), Queues(self)
        self.webhooks, self.recordings = Webhooks(self, session), Recordings(self)

    # -- what is noticed ---------------------------------------------------------------------------------------

    def tell(self, kind: str, call: Call, more: dict[str, Any] | None = None) -> None:
        """Publish something about a call."""
        self.events.tell(kind, {"sid": call.sid, "at": call.since_answer(self.clock.now())} | (more or {}))

    def hear(self, call: Call, kind: str, **more: Any) -> None:
        """Let the person on the call hear something now."""
        self.let_hear(call, {"kind": kind} | more)

    def let_hear(self, call: Call, item: dict[str, Any], at: float | None = None) -> None:
        """Let the person hear an item; one that was heard before is kept as a repetition of that."""
        call.heard.add(item, self.clock.now() if at is None else at, self.switches.max_requests_kept)
        self.tell("heard", call, {"heard": item.copy()})
        forks.heard(call, item)
        if call.person:
            self.let_hear(call.person, item, at)

    def notify(self, call: Call, code: int, message: str, level: str, url: str = "") -> None:
        """Note a warning or an error about a call."""
        call.notifications.append(Notification(new_sid("NO"), self.clock.now(), code, level, message, url))
        self.tell(level, call, {"code": code, "message": message, "url": url})

    # -- what happens to a call --------------------------------------------------------------------------------

    def enter(self, call: Call, status: str) -> None:
        """Put a call in a status, and say so."""
        call.enter(status)
        call.updated = self.clock.now()
        self.tell("status", call, {"status": status})

    def answer(self, call: Call) -> None:
        """The call is taken: its seconds count from now."""
        call.answered = self.clock.now()
        self.enter(call, "in-progress")
        self.limit(call, call.time_limit)
        self.report(call, "answered")
        if call.on_answer:
            call.on_answer()

    def limit(self, call: Call, seconds: float) -> None:
        """End the call so many seconds after its answer."""
        call.time_limit = seconds
        if call.limit_timer:
            call.limit_timer.cancel()
        if call.answered is not None:
            left = call.answered + seconds - self.clock.now()
            call.limit_timer = self.clock.call_later(left, lambda: self.end(call, "completed"))

    def end(self, call: Call, status: str) -> None:
        """End a call that has not ended yet: what runs is cut, and whoever subscribed is told."""
        if call.is_over:
            return
        was_queued = call.status == "queued"
        call.ended = self.clock.now()
        self.enter(call, status)
        self.cut(call, "hangup")
        forks.end(call)
        if call.limit_timer:
            call.limit_timer.cancel()
        call.limit_timer = None
        if not was_queued:
            self.report(call, "completed")

    def cut(self, call: Call, why: str) -> asyncio.Task[None] | None:
        """Take the call from whatever runs on it; return the task of what that still has to do, if anything."""
        script, call.script = call.script, None
        if script and script is not asyncio.current_task():
            script.cancel()
        hooks, call.cut_hooks = call.cut_hooks, []
        call.verb = call.on_star = None
        rests = [rest for hook in reversed(hooks) if (rest := hook(why)) is not None]
        return self.clock.spawn(_one_by_one(rests)) if rests else None

    def bridge(self, one: Call, other: Call) -> None:
        """Connect two calls: each hears the other."""
        one.bridged_to, other.bridged_to = other, one
        self.hear(one, "bridge", sid=other.sid)
        self.hear(other, "bridge", sid=one.sid)
        for call in (one, other):
            _bridged(call)

    def put_through(self, caller: Call, leg: Call) -> None:
        """Connect a caller to a leg of a TwiML app: its documents are heard by the caller, who may answer them."""
        caller.bridged_to = leg
        self.hear(caller, "bridge", sid=leg.sid)
        leg.person = caller
        _bridged(caller)

    def report(self, call: Call, event: str) -> None:
        """Send the status callback for an event, if the call has one for it."""
        callbacks.report(self, call, event)

    async def request_and_forget(self, call: Call, wanted: Outcome) -> None:
        """Make a request whose answer has no effect; note the problem if it cannot even be made."""
        await callbacks.request_and_forget(self, call, wanted)

    async def close(self) -> None:
        """Stop everything that lives in this world."""
        await self.clock.close()
        await self.webhooks.close()


def _bridged(call: Call) -> None:
    if call.on_bridge:
        call.on_bridge()


async def _one_by_one(rests: list[Coroutine[Any, Any, None]]) -> None:
    for rest in rests:
        await rest
