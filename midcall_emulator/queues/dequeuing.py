"""Taking somebody from a queue: the wait for them, what they hear first, and the bridge until it is over
(https://www.twilio.com/docs/voice/twiml/queue)."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Protocol

from midcall_emulator.core.account import HasAccount
from midcall_emulator.core.audio import HasAudio
from midcall_emulator.core.bridge import bridge
from midcall_emulator.core.call_log import HasCallLog
from midcall_emulator.core.call_record import Call
from midcall_emulator.core.clock import HasClock, release
from midcall_emulator.core.documents import HasBackgroundDocuments, Manner
from midcall_emulator.core.outcomes import Fetch, Problem
from midcall_emulator.media import call_recordings
from midcall_emulator.media.recordings import HasRecordings
from midcall_emulator.queues.queues import Member, Queue
from midcall_emulator.wire.webhooks import HasWebhooks


class DequeuingWorld(
    HasAccount, HasAudio, HasBackgroundDocuments, HasCallLog, HasClock, HasRecordings, HasWebhooks, Protocol
):
    """The parts of the world that a Dial at a queue uses."""


@dataclass(frozen=True, slots=True)
class DequeueSettings:
    """How a Dial takes somebody from a queue: seconds to wait, seconds of bridge; ``whisper`` is for them alone."""

    timeout: float
    time_limit: float
    hangup_on_star: bool
    whisper: Fetch | None
    record: call_recordings.CallRecordingSettings | None = None


class Dequeuing:
    """One Dial at a queue: the member it has, and what came of it."""

    def __init__(self, world: DequeuingWorld, call: Call, queue: Queue, terms: DequeueSettings) -> None:
        self._world, self._call, self._queue, self._terms = world, call, queue, terms
        self._member: Member | None = None
        self._last: Member | None = None
        self._found: asyncio.Future[None] | None = None
        self._over: asyncio.Future[None] | None = None
        self._since: float | None = None
        self._seconds: float | None = None
        self._redirected = self._closed = False
        self._recording: call_recordings.CallRecording | None = None

    @property
    def is_bridged(self) -> bool:
        """Whether it has come to a bridge."""
        return self._since is not None

    async def connect(self) -> None:
        """Wait for a member, let them hear the whisper, bridge; return once it is all over."""
        clock = self._world.clock
        until = clock.now() + self._terms.timeout
        while not self.is_bridged and not self._closed:
            member = await self._next(until)
            if member is None and clock.now() >= until:
                return
            if member:
                await self._whisper(member)
            if member and self._member is member:
                await self._talk(member)

    def take(self, member: Member) -> None:
        """Get a member, whose music stops."""
        self._queue.leave(member)
        self._member = self._last = member
        member.taker = self
        member.hush()
        if self._found:
            release(self._found)

    def lose(self, why: str) -> None:
        """The member has hung up, or was sent somewhere else."""
        self._redirected = why == "redirect" and self.is_bridged
        self._member = None
        self._end()

    def close(self) -> None:
        """The one who dials has gone: a member goes on, or waits on if it had not come to a bridge."""
        member, self._member, self._closed = self._member, None, True
        self._end()
        if self in self._queue.takers:
            self._queue.takers.remove(self)
        if self._found:
            release(self._found)
        if member and self.is_bridged:
            member.go("bridged")
        elif member:
            member.hush()
            self._queue.put_back(member)

    def result(self) -> dict[str, str]:
        """Return the parameters that an action gets."""
        params = {"DialBridged": str(self.is_bridged).lower(), "QueueSid": self._queue.sid}
        if self._last is None or not self.is_bridged:
            return params | {"DialCallStatus": "no-answer"}
        params |= {
            "DialCallStatus": "completed",
            "DialCallSid": self._last.call.sid,
            "QueueTime": str(self._last.waited),
            "QueueResult": "bridged",
        }
        if self._recording:
            params["RecordingUrl"] = self._world.recordings.url(self._recording.recording)
        return params if self._redirected else params | {"DialCallDuration": str(round(self._seconds or 0))}

    async def _next(self, until: float) -> Member | None:
        """Return the member at the front, or whoever comes before that moment."""
        if self._queue.members:
            self.take(self._queue.members[0])
            return self._member
        if until <= self._world.clock.now():
            return None
        self._world.audio.play(self._call, "ringback")
        found = self._found = asyncio.get_running_loop().create_future()
        self._queue.takers.append(self)
        timer = self._world.clock.call_later(until - self._world.clock.now(), lambda: release(found))
        try:
            await self._world.clock.park(found)
        finally:
            timer.cancel()
            if self in self._queue.takers:
                self._queue.takers.remove(self)
        return self._member

    async def _whisper(self, member: Member) -> None:
        if not self._terms.whisper:
            return
        clock, call = self._world.clock, member.call
        params = {
            "QueueSid": self._queue.sid,
            "QueueTime": str(member.waited),
            "DequeingCallSid": self._call.sid,
        }
        manner = Manner("whisper", lambda: [call], params=lambda: params, forbids=None)
        member.sound = clock.spawn(self._hear(member, self._terms.whisper, manner))
        await clock.park(asyncio.ensure_future(asyncio.wait({member.sound})))

    async def _hear(self, member: Member, source: Fetch, manner: Manner) -> None:
        problem = await self._world.background_documents.play(member.call, source, manner)
        if isinstance(problem, Problem):
            self._world.log.problem(member.call, problem)

    async def _talk(self, member: Member) -> None:
        """Bridge the two until one side leaves, the star is pressed, or the time is up."""
        world, clock = self._world, self._world.clock
        self._since, self._over = clock.now(), asyncio.get_running_loop().create_future()
        bridge(world.audio, self._call, member.call)
        if self._terms.record:
            self._recording = call_recordings.begin(world, self._call, self._terms.record)
        if self._terms.hangup_on_star:
            self._call.run.on_star = self._end
        timer = clock.call_later(self._terms.time_limit, self._end)
        try:
            await clock.park(self._over)
        finally:
            timer.cancel()
        if self._member is member:
            self._member = None
            member.go("bridged")

    def _end(self) -> None:
        """End the bridge, if there is one."""
        if self._over is None or self._since is None or self._seconds is not None:
            return
        self._seconds = self._world.clock.now() - self._since
        self._call.run.on_star = self._call.bridged_to = None
        if self._last:
            self._last.call.bridged_to = None
        if self._recording:
            self._recording.stop()
        release(self._over)
