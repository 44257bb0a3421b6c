"""Everything that happens, as server-sent events."""

from __future__ import annotations

import asyncio
import json

from aiohttp import web

from midcall_emulator.control import Wish, action
from midcall_emulator.core.events import Happening

_PING_SECONDS = 15


@action("GET", "/events")
async def events(wish: Wish) -> web.StreamResponse:
    """Stream what happens from now on; ``Last-Event-ID`` or ``?after=`` resumes from what is still kept."""
    after = wish.request.headers.get("Last-Event-ID") or wish.request.query.get("after")
    feed = wish.emulator.events
    queue = feed.listen(int(after) if after and after.isdigit() else None)
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
    await response.prepare(wish.request)
    try:
        await response.write(b": listening\n\n")
        await _pass_on(queue, response)
    except ConnectionResetError:
        pass
    finally:
        feed.forget(queue)
    return response


async def _pass_on(queue: asyncio.Queue[Happening | None], response: web.StreamResponse) -> None:
    while True:
        try:
            async with asyncio.timeout(_PING_SECONDS):
                happenings = [await queue.get()]
        except TimeoutError:
            await response.write(b": still here\n\n")
            continue
        while not queue.empty():
            happenings.append(queue.get_nowait())
        await response.write(b"".join(_text(happening) for happening in happenings if happening))
        if None in happenings:
            return


def _text(happening: Happening) -> bytes:
    body = json.dumps(happening.body)
    return f"id: {happening.number}\nevent: {happening.kind}\ndata: {body}\n\n".encode()
