"""Queues: made, listed, fetched, changed, deleted once empty (https://www.twilio.com/docs/voice/api/queue-resource)."""

from __future__ import annotations

from functools import partial
from typing import Any

from midcall_emulator.core.digits import number_in
from midcall_emulator.queues.queues import DEFAULT_SIZE, LARGEST, LONGEST_NAME, Queue
from midcall_emulator.rest import Answer, Ask, operation, parameters, representation
from midcall_emulator.rest.errors import Refusal
from midcall_emulator.rest.paging import newest_first


@operation("GET", "/Queues.json")
def list_queues(ask: Ask) -> Answer:
    """Return queues, newest first."""
    return newest_first(ask, "queues", ask.world.queues, partial(shown, ask))


@operation("POST", "/Queues.json")
def create(ask: Ask) -> Answer:
    """Make a queue: 201."""
    name, size = _name(ask, None), _size(ask, DEFAULT_SIZE)
    if not name:
        raise Refusal(20001, "FriendlyName is missing")
    return Answer(201, shown(ask, ask.world.queues.create(name, size)))


@operation("GET", "/Queues/{queue_sid}.json")
def fetch(ask: Ask) -> Answer:
    """Return a queue."""
    return Answer(200, shown(ask, queue_of(ask)))


@operation("POST", "/Queues/{queue_sid}.json")
def update(ask: Ask) -> Answer:
    """Give a queue another name or size; who is in it stays in it."""
    queue = queue_of(ask)
    name, size = _name(ask, queue), _size(ask, queue.max_size)
    queue.name, queue.max_size = name or queue.name, size
    queue.updated = ask.world.clock.now()
    return Answer(200, shown(ask, queue))


@operation("DELETE", "/Queues/{queue_sid}.json")
def delete(ask: Ask) -> Answer:
    """Delete a queue in which nobody waits."""
    queue = queue_of(ask)
    if queue.members:
        raise Refusal(20409, message=f"Queue {queue.sid} is not empty")
    ask.world.queues.remove(queue.sid)
    return Answer(204)


def queue_of(ask: Ask) -> Queue:
    """Return the queue whose sid is in the path, or refuse with 20404."""
    return parameters.found(ask, ask.world.queues, "queue_sid")


def shown(ask: Ask, queue: Queue) -> dict[str, Any]:
    """Return all fields of a queue."""
    own = representation.path(ask.world, f"Queues/{queue.sid}")
    return {
        "sid": queue.sid,
        "account_sid": ask.world.account,
        "friendly_name": queue.name,
        "current_size": len(queue.members),
        "max_size": queue.max_size,
        "average_wait_time": queue.average,
        "date_created": representation.date(ask.world, queue.created),
        "date_updated": representation.date(ask.world, queue.updated),
        "uri": own + ".json",
    }


def _name(ask: Ask, own: Queue | None) -> str:
    name = ask.get("FriendlyName")
    if len(name) > LONGEST_NAME:
        raise Refusal(20001, "FriendlyName is longer than 64 characters")
    taken = ask.world.queues.named(name)
    if name and taken and taken is not own:
        raise Refusal(20409, name)
    return name


def _size(ask: Ask, default: int) -> int:
    text = ask.get("MaxSize", str(default))
    size = number_in(text, 1, LARGEST)
    if size is None:
        raise Refusal(20001, f"MaxSize={text}")
    return size
