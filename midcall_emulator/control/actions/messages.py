"""User-defined messages from the software of the person on the phone."""

from __future__ import annotations

from aiohttp import web

from midcall_emulator.control.action import Request, action, json_response
from midcall_emulator.control.body import text_of
from midcall_emulator.control.errors import wrong_state
from midcall_emulator.media import user_defined_messages


@action("POST", "/calls/{sid}/message")
async def message(request: Request) -> web.StreamResponse:
    """Send a message, ``content``, to the subscribed apps."""
    call, content = request.call(), text_of(await request.body(), "content")
    if call.is_over:
        raise wrong_state(f"{call.sid} has already ended: {call.status}")
    request.world.log.publish("message", call, {"content": content})
    return json_response({"sid": user_defined_messages.receive(call, content)}, status=201)
