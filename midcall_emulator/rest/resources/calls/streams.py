"""Streams of a call (https://www.twilio.com/docs/voice/api/stream-resource)."""

from __future__ import annotations

from midcall_emulator.core.call_record import Call
from midcall_emulator.media.streams import Stream
from midcall_emulator.rest.errors import RestError
from midcall_emulator.rest.operation import Request, operation
from midcall_emulator.rest.resources.calls import listeners
from midcall_emulator.rest.response import Response
from midcall_emulator.wire.urls import is_socket_url


@operation("POST", "/Calls/{call_sid}/Streams.json")
def start(request: Request) -> Response:
    """Stream a call in progress to the app's WebSocket at ``Url``."""
    url = request.get("Url").strip()
    if not is_socket_url(url):
        raise RestError(21205, url)

    def make(call: Call) -> Stream:
        return Stream(request.world, call, listeners.settings(request, "inbound_track", url))

    return listeners.start(request, "Streams", make)


@operation("POST", "/Calls/{call_sid}/Streams/{listener_sid}.json")
def stop(request: Request) -> Response:
    """Stop a stream by its SID or name."""
    return listeners.stop(request, "Streams")
