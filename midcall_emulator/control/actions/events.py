"""The event feed, as server-sent events."""

from __future__ import annotations

import asyncio
import json

from aiohttp import web

from midcall_emulator.control.action import Request, action
from midcall_emulator.core.events import Event, EventQueue

_PING_SECONDS = 15


@action("GET", "/events")
async def events(request: Request) -> web.StreamResponse:
    """Stream all events from now on. ``Last-Event-ID`` or ``?after=`` resumes with the events that are still kept."""
    after = request.http.headers.get("Last-Event-ID") or request.http.query.get("after")
    feed = request.emulator.events
    queue = feed.listen(int(after) if after and after.isdigit() else None)
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
    await response.prepare(request.http)
    try:
        await response.write(b": listening\n\n")
        await _forward(queue, response)
    except ConnectionResetError:
        pass
    finally:
        feed.forget(queue)
    return response


async def _forward(queue: EventQueue, response: web.StreamResponse) -> None:
    """Write events until the feed closes; several events that are ready go into one write."""
    while True:
        try:
            async with asyncio.timeout(_PING_SECONDS):
                batch = [await queue.get()]
        except TimeoutError:
            await response.write(b": still here\n\n")
            continue
        while not queue.empty():
            batch.append(queue.get_nowait())
        await response.write(b"".join(_encode(event) for event in batch if event))
        if None in batch:
            return


def _encode(event: Event) -> bytes:
    data = json.dumps(event.body)
    return f"id: {event.number}\nevent: {event.kind}\ndata: {data}\n\n".encode()
