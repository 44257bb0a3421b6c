"""A Dial to a queue: the wait for a member, the document they hear first, and the bridge
(https://www.twilio.com/docs/voice/twiml/queue)."""

from __future__ import annotations

import asyncio

from midcall_emulator.core.bridge import bridge
from midcall_emulator.core.call_record import Call
from midcall_emulator.core.documents import BackgroundSettings
from midcall_emulator.core.outcomes import Fetch, Problem
from midcall_emulator.core.tasks import release
from midcall_emulator.media.call_recordings import CallRecording, start_recording
from midcall_emulator.queues.queue import Member, Queue
from midcall_emulator.queues.queue_dial_settings import QueueDialSettings, QueueDialWorld


class QueueDial:
    """A Dial to a queue: the agent's call, the member it takes, and the result."""

    def __init__(self, world: QueueDialWorld, call: Call, queue: Queue, settings: QueueDialSettings) -> None:
        self._world, self._call, self._queue, self._settings = world, call, queue, settings
        self._member: Member | None = None
        self._last_member: Member | None = None
        self._found: asyncio.Future[None] | None = None
        self._over: asyncio.Future[None] | None = None
        self._since: float | None = None
        self._seconds: float | None = None
        self._member_redirected = self._is_closed = False
        self._recording: CallRecording | None = None

    @property
    def is_bridged(self) -> bool:
        """Whether there was a bridge."""
        return self._since is not None

    async def connect(self) -> None:
        """Wait for a member, play the whisper, bridge, and wait for the end."""
        clock = self._world.clock
        until = clock.now() + self._settings.timeout
        while not self.is_bridged and not self._is_closed:
            member = await self._next_member(until)
            if member is None and clock.now() >= until:
                return
            if member:
                await self._play_whisper(member)
            if member and self._member is member:
                await self._talk(member)

    def result(self) -> dict[str, str]:
        """Return the parameters for the action; no duration if the member was redirected."""
        params = {"DialBridged": str(self.is_bridged).lower(), "QueueSid": self._queue.sid}
        if self._last_member is None or not self.is_bridged:
            return params | {"DialCallStatus": "no-answer"}
        params |= {
            "DialCallStatus": "completed",
            "DialCallSid": self._last_member.call.sid,
            "QueueTime": str(self._last_member.wait_seconds),
            "QueueResult": "bridged",
        }
        if self._recording:
            params["RecordingUrl"] = self._world.recordings.url(self._recording.recording)
        if self._member_redirected:
            return params
        return params | {"DialCallDuration": str(round(self._seconds or 0))}

    # -- what the queue and its members call -------------------------------------------------------------------

    def take(self, member: Member) -> None:
        """Take a member out of the queue, and stop their music."""
        self._queue.remove(member)
        self._member = self._last_member = member
        member.agent = self
        member.stop_sound()
        if self._found:
            release(self._found)

    def lose(self, reason: str) -> None:
        """Release a member who has hung up or was redirected."""
        self._member_redirected = reason == "redirect" and self.is_bridged
        self._member = None
        self._end_bridge()

    def close(self) -> None:
        """End the Dial: a bridged member continues, any other member is the next in the queue again."""
        member, self._member, self._is_closed = self._member, None, True
        self._end_bridge()
        if self in self._queue.agents:
            self._queue.agents.remove(self)
        if self._found:
            release(self._found)
        if member and self.is_bridged:
            member.leave("bridged")
        elif member:
            member.stop_sound()
            self._queue.put_back(member)

    # -- one member --------------------------------------------------------------------------------------------

    async def _next_member(self, until: float) -> Member | None:
        """Return the first member, or the next one to join before ``until``."""
        if self._queue.members:
            self.take(self._queue.members[0])
            return self._member
        if until <= self._world.clock.now():
            return None
        self._world.audio.play(self._call, "ringback")
        found = self._found = asyncio.get_running_loop().create_future()
        self._queue.agents.append(self)
        timer = self._world.clock.call_later(until - self._world.clock.now(), lambda: release(found))
        try:
            await self._world.clock.park(found)
        finally:
            timer.cancel()
            if self in self._queue.agents:
                self._queue.agents.remove(self)
        return self._member

    async def _play_whisper(self, member: Member) -> None:
        if not self._settings.whisper:
            return
        clock, call = self._world.clock, member.call
        params = {
            "QueueSid": self._queue.sid,
            "QueueTime": str(member.wait_seconds),
            "DequeingCallSid": self._call.sid,
        }
        settings = BackgroundSettings("whisper", lambda: [call], params=lambda: params, forbidden_code=None)
        member.sound = clock.spawn(self._play_document(member, self._settings.whisper, settings))
        await clock.park(asyncio.ensure_future(asyncio.wait({member.sound})))

    async def _play_document(self, member: Member, source: Fetch, settings: BackgroundSettings) -> None:
        problem = await self._world.background_documents.play(member.call, source, settings)
        if isinstance(problem, Problem):
            self._world.log.problem(member.call, problem)

    async def _talk(self, member: Member) -> None:
        """Bridge the calls until one party leaves, the star key or the time limit."""
        world, clock = self._world, self._world.clock
        self._since, self._over = clock.now(), asyncio.get_running_loop().create_future()
        bridge(world.audio, self._call, member.call)
        if self._settings.record:
            self._recording = start_recording(world, self._call, self._settings.record)
        if self._settings.hangup_on_star:
            self._call.run.on_star = self._end_bridge
        timer = clock.call_later(self._settings.time_limit, self._end_bridge)
        try:
            await clock.park(self._over)
        finally:
            timer.cancel()
        if self._member is member:
            self._member = None
            member.leave("bridged")

    def _end_bridge(self) -> None:
        """End the bridge, if there is one."""
        if self._over is None or self._since is None or self._seconds is not None:
            return
        self._seconds = self._world.clock.now() - self._since
        self._call.run.on_star = self._call.bridged_to = None
        if self._last_member:
            self._last_member.call.bridged_to = None
        if self._recording:
            self._recording.stop()
        release(self._over)
