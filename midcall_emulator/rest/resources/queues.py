"""Queues (https://www.twilio.com/docs/voice/api/queue-resource)."""

from __future__ import annotations

from functools import partial
from typing import Any

from midcall_emulator.core.digits import number_in
from midcall_emulator.queues.queue import DEFAULT_SIZE, LARGEST, LONGEST_NAME, Queue
from midcall_emulator.rest.errors import RestError
from midcall_emulator.rest.fields import date, path
from midcall_emulator.rest.formats.paging import newest_first
from midcall_emulator.rest.lookup import find
from midcall_emulator.rest.operation import Request, operation
from midcall_emulator.rest.response import Response


@operation("GET", "/Queues.json")
def list_queues(request: Request) -> Response:
    """Return the queues, newest first."""
    return newest_first(request, "queues", request.world.queues, partial(_fields, request))


@operation("POST", "/Queues.json")
def create(request: Request) -> Response:
    """Create a queue."""
    name, size = _name(request, None), _max_size(request, DEFAULT_SIZE)
    if not name:
        raise RestError(20001, "FriendlyName is missing")
    return Response(201, _fields(request, request.world.queues.create(name, size)))


@operation("GET", "/Queues/{queue_sid}.json")
def fetch(request: Request) -> Response:
    """Return a queue."""
    return Response(200, _fields(request, find_queue(request)))


@operation("POST", "/Queues/{queue_sid}.json")
def update(request: Request) -> Response:
    """Change a queue's name or maximum size. Its members stay in it."""
    queue = find_queue(request)
    name, size = _name(request, queue), _max_size(request, queue.max_size)
    queue.name, queue.max_size = name or queue.name, size
    queue.updated = request.world.clock.now()
    return Response(200, _fields(request, queue))


@operation("DELETE", "/Queues/{queue_sid}.json")
def delete(request: Request) -> Response:
    """Delete an empty queue; RestError 20409 if it has members."""
    queue = find_queue(request)
    if queue.members:
        raise RestError(20409, message=f"Queue {queue.sid} is not empty")
    request.world.queues.remove(queue.sid)
    return Response(204)


def find_queue(request: Request) -> Queue:
    """Return the queue in the path; RestError 20404 if there is none."""
    return find(request, request.world.queues, "queue_sid")


def _fields(request: Request, queue: Queue) -> dict[str, Any]:
    return {
        "sid": queue.sid,
        "account_sid": request.world.account,
        "friendly_name": queue.name,
        "current_size": len(queue.members),
        "max_size": queue.max_size,
        "average_wait_time": queue.average_wait,
        "date_created": date(request.world, queue.created),
        "date_updated": date(request.world, queue.updated),
        "uri": path(request.world, f"Queues/{queue.sid}.json"),
    }


def _name(request: Request, queue: Queue | None) -> str:
    """Return the new name; RestError if it is too long or another queue has it."""
    name = request.get("FriendlyName")
    if len(name) > LONGEST_NAME:
        raise RestError(20001, "FriendlyName is longer than 64 characters")
    existing = request.world.queues.named(name)
    if name and existing and existing is not queue:
        raise RestError(20409, name)
    return name


def _max_size(request: Request, default: int) -> int:
    text = request.get("MaxSize", str(default))
    size = number_in(text, 1, LARGEST)
    if size is None:
        raise RestError(20001, f"MaxSize={text}")
    return size
