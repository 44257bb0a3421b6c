"""What the software of a person on the phone sends, beside sound."""

from __future__ import annotations

from aiohttp import web

from midcall_emulator.control import Wish, action, reply, text_of, wrong_state
from midcall_emulator.media import messages


@action("POST", "/calls/{sid}/message")
async def message(wish: Wish) -> web.StreamResponse:
    """Send a user-defined message, ``content``, to the apps that subscribed."""
    call, content = wish.call(), text_of(await wish.body(), "content")
    if call.is_over:
        raise wrong_state(f"{call.sid} has ended already: {call.status}")
    wish.world.log.publish("message", call, {"content": content})
    return reply({"sid": messages.receive(call, content)}, status=201)
