"""The queues of this world: who waits in which, since when, and who waits for somebody to come
(https://www.twilio.com/docs/voice/twiml/enqueue)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from midcall_emulator.core.call_log import HasCallLog
from midcall_emulator.core.call_record import Call
from midcall_emulator.core.clock import Clock, HasClock
from midcall_emulator.core.outcomes import Problem
from midcall_emulator.core.sids import BySid, new_sid

DEFAULT_SIZE, LARGEST, LONGEST_NAME = 1000, 5000, 64


class Taker(Protocol):
    """A call that takes members from a queue, as the queue and its members see it."""

    @property
    def is_bridged(self) -> bool:
        """Whether the call talks to a member."""

    def take(self, member: Member) -> None:
        """Take a member out of the queue."""

    def lose(self, why: str) -> None:
        """Let go of a member who has hung up (``hangup``) or was redirected (``redirect``)."""

    def close(self) -> None:
        """Stop waiting for a member."""


@dataclass(slots=True, eq=False)
class Member:
    """A call in a queue. ``leaving`` gets the QueueResult on which it goes on, or the problem."""

    call: Call
    queue: Queue
    joined: float
    leaving: asyncio.Future[str | Problem]
    left: float | None = None
    taker: Taker | None = None
    sound: asyncio.Task[Any] | None = None
    listen: Callable[[], None] | None = None

    @property
    def position(self) -> int:
        """The place in the queue: 1 is the next; 0 for who is in it no longer."""
        return self.queue.members.index(self) + 1 if self in self.queue.members else 0

    @property
    def is_bridged(self) -> bool:
        """Whether somebody has taken the call and talks to it."""
        return self.taker is not None and self.taker.is_bridged

    @property
    def waited(self) -> int:
        """The whole seconds in the queue."""
        return int((self.queue.clock.now() if self.left is None else self.left) - self.joined + 1e-9)

    def hush(self) -> None:
        """Stop what is heard while waiting."""
        if self.sound and self.sound is not asyncio.current_task():
            self.sound.cancel()
        self.sound = None

    def go(self, result: str | Problem) -> None:
        """Let the call go on with its document, once."""
        self.queue.leave(self)
        self.hush()
        if not self.leaving.done():
            self.leaving.set_result(result)


@dataclass(slots=True, eq=False)
class Queue:
    """A queue and its members, the next one first; ``takers`` wait for a member while there is none."""

    clock: Clock
    sid: str
    name: str
    max_size: int
    created: float
    updated: float
    members: list[Member] = field(default_factory=list)
    takers: list[Taker] = field(default_factory=list)

    @property
    def is_full(self) -> bool:
        """Whether nobody can join."""
        return len(self.members) >= self.max_size

    @property
    def average(self) -> int:
        """How many seconds those who wait now have waited on average."""
        return sum(member.waited for member in self.members) // max(1, len(self.members))

    def join(self, call: Call) -> Member:
        """Put a call at the end; who waits for somebody takes it at once."""
        leaving = asyncio.get_running_loop().create_future()
        member = Member(call, self, self.clock.now(), leaving)
        self.members.append(member)
        self._serve()
        return member

    def leave(self, member: Member) -> None:
        """Take a member out, wherever it is."""
        if member in self.members:
            self.members.remove(member)
        if member.left is None:
            member.left = self.clock.now()

    def put_back(self, member: Member) -> None:
        """Let a member that was taken in vain wait on, as the next one."""
        member.taker = member.left = None
        self.members.insert(0, member)
        if not self._serve() and member.listen:
            member.listen()

    def _serve(self) -> bool:
        """Give the next member to whoever waits for one."""
        if not self.takers:
            return False
        self.takers.pop(0).take(self.members[0])
        return True

    def find(self, key: str) -> Member | None:
        """Return the member with this CallSid, or the one in ``Front``."""
        if key == "Front":
            return self.members[0] if self.members else None
        return next((member for member in self.members if member.call.sid == key), None)


class QueueWorld(HasCallLog, HasClock, Protocol):
    """The parts of the world that queues use."""


class Queues(BySid[Queue]):
    """All queues, oldest first; a name is there once."""

    def __init__(self, world: QueueWorld) -> None:
        super().__init__()
        self._world = world
        self._members: dict[str, Member] = {}

    def named(self, name: str) -> Queue | None:
        """Return the queue with this name."""
        return next((queue for queue in self if queue.name == name), None)

    def create(self, name: str, max_size: int = DEFAULT_SIZE) -> Queue:
        """Make a queue."""
        now = self._world.clock.now()
        return self.add(Queue(self._world.clock, new_sid("QU"), name, max_size, now, now))

    def remove(self, sid: str) -> None:
        """Delete a queue; who waits for somebody to join it waits in vain."""
        queue = self.get(sid)
        super().remove(sid)
        for taker in list(queue.takers) if queue else ():
            taker.close()

    def join(self, queue: Queue, call: Call) -> Member:
        """Put a call into a queue."""
        member = queue.join(call)
        self._members[call.sid] = member
        self._world.log.publish("enqueued", call, {"queue": queue.sid, "name": queue.name})
        return member

    def forget(self, member: Member) -> None:
        """Take a call out for good: it waits no more, and nobody talks to it any more."""
        member.queue.leave(member)
        member.hush()
        if self._members.get(member.call.sid) is member:
            del self._members[member.call.sid]

    def member_of(self, call: Call) -> Member | None:
        """Return the place that a call has in a queue, or had before it was taken from it."""
        return self._members.get(call.sid)


class HasQueues(Protocol):
    """Offers the queues."""

    queues: Queues
