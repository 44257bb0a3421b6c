"""A queue and its members (https://www.twilio.com/docs/voice/twiml/enqueue)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from midcall_emulator.core.call_record import Call
from midcall_emulator.core.clock import Clock
from midcall_emulator.core.outcomes import Problem

DEFAULT_SIZE, LARGEST, LONGEST_NAME = 1000, 5000, 64


class Agent(Protocol):
    """A call that takes members from a queue, as the queue and its members see it."""

    @property
    def is_bridged(self) -> bool:
        """Whether the agent talks to a member."""

    def take(self, member: Member) -> None:
        """Take a member out of the queue."""

    def lose(self, reason: str) -> None:
        """Release a member who has hung up (``hangup``) or was redirected (``redirect``)."""

    def close(self) -> None:
        """Stop waiting for a member."""


@dataclass(slots=True, eq=False)
class Member:
    """A call in a queue. ``leaving`` gets the QueueResult with which the call continues, or a problem.

    ``play_wait`` starts what the member hears while waiting, and ``sound`` is its task.
    """

    call: Call
    queue: Queue
    joined: float
    leaving: asyncio.Future[str | Problem]
    left: float | None = None
    agent: Agent | None = None
    sound: asyncio.Task[Any] | None = None
    play_wait: Callable[[], None] | None = None

    @property
    def position(self) -> int:
        """The position in the queue: 1 is next, 0 is no longer in it."""
        return self.queue.members.index(self) + 1 if self in self.queue.members else 0

    @property
    def is_bridged(self) -> bool:
        """Whether the member talks to an agent."""
        return self.agent is not None and self.agent.is_bridged

    @property
    def wait_seconds(self) -> int:
        """The whole seconds in the queue."""
        return int((self.queue.clock.now() if self.left is None else self.left) - self.joined + 1e-9)

    def stop_sound(self) -> None:
        """Stop what the member hears while waiting."""
        if self.sound and self.sound is not asyncio.current_task():
            self.sound.cancel()
        self.sound = None

    def leave(self, result: str | Problem) -> None:
        """Leave the queue: the call continues with its document. A second call has no effect."""
        self.queue.remove(self)
        self.stop_sound()
        if not self.leaving.done():
            self.leaving.set_result(result)


@dataclass(slots=True, eq=False)
class Queue:
    """A queue: its members, the next one first, and the agents who wait because it is empty."""

    clock: Clock
    sid: str
    name: str
    max_size: int
    created: float
    updated: float
    members: list[Member] = field(default_factory=list)
    agents: list[Agent] = field(default_factory=list)

    @property
    def is_full(self) -> bool:
        """Whether the queue has its maximum size."""
        return len(self.members) >= self.max_size

    @property
    def average_wait(self) -> int:
        """The average wait of the current members in seconds."""
        return sum(member.wait_seconds for member in self.members) // max(1, len(self.members))

    def add(self, call: Call) -> Member:
        """Add a call at the end; a waiting agent takes it at once."""
        leaving = asyncio.get_running_loop().create_future()
        member = Member(call, self, self.clock.now(), leaving)
        self.members.append(member)
        self._serve_agent()
        return member

    def remove(self, member: Member) -> None:
        """Remove a member from any position."""
        if member in self.members:
            self.members.remove(member)
        if member.left is None:
            member.left = self.clock.now()

    def put_back(self, member: Member) -> None:
        """Make a member whose agent has left the next one again."""
        member.agent = member.left = None
        self.members.insert(0, member)
        if not self._serve_agent() and member.play_wait:
            member.play_wait()

    def _serve_agent(self) -> bool:
        """Give the next member to the agent who waits longest; return whether there is one."""
        if not self.agents:
            return False
        self.agents.pop(0).take(self.members[0])
        return True

    def find(self, key: str) -> Member | None:
        """Return the member with this CallSid, or the first one for ``Front``."""
        if key == "Front":
            return self.members[0] if self.members else None
        return next((member for member in self.members if member.call.sid == key), None)
