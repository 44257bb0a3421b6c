"""All queues, by sid and by name, and the members of all of them by call."""

from __future__ import annotations

from typing import Protocol

from midcall_emulator.core.call_log import HasCallLog
from midcall_emulator.core.call_record import Call
from midcall_emulator.core.clock import HasClock
from midcall_emulator.core.sids import BySid, new_sid
from midcall_emulator.queues.queue import DEFAULT_SIZE, Member, Queue


class QueueWorld(HasCallLog, HasClock, Protocol):
    """The parts of the world that queues use."""


class Queues(BySid[Queue]):
    """All queues, oldest first; a name belongs to one queue."""

    def __init__(self, world: QueueWorld) -> None:
        super().__init__()
        self._world = world
        self._members: dict[str, Member] = {}

    def named(self, name: str) -> Queue | None:
        """Return the queue with this name."""
        return next((queue for queue in self if queue.name == name), None)

    def create(self, name: str, max_size: int = DEFAULT_SIZE) -> Queue:
        """Create a queue."""
        now = self._world.clock.now()
        return self.add(Queue(self._world.clock, new_sid("QU"), name, max_size, now, now))

    def remove(self, sid: str) -> None:
        """Delete a queue; the Dials of the agents who wait at it end."""
        queue = self.get(sid)
        super().remove(sid)
        for agent in list(queue.agents) if queue else ():
            agent.close()

    def enter(self, queue: Queue, call: Call) -> Member:
        """Add a call to a queue."""
        member = queue.add(call)
        self._members[call.sid] = member
        self._world.log.publish("enqueued", call, {"queue": queue.sid, "name": queue.name})
        return member

    def forget(self, member: Member) -> None:
        """Remove a member whose Enqueue has ended."""
        member.queue.remove(member)
        member.stop_sound()
        if self._members.get(member.call.sid) is member:
            del self._members[member.call.sid]

    def member_of(self, call: Call) -> Member | None:
        """Return the member that a call is, in a queue or talking to an agent."""
        return self._members.get(call.sid)


class HasQueues(Protocol):
    """Offers the queues."""

    queues: Queues
