"""Stream the audio of a call to a WebSocket server."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from voice.control.allowed_urls import check_socket_url
from voice.control.base import Arguments
from voice.control.fork_command import ForkFamily, ForkStart, ForkStop, Name, Parameters, Track, numbered

STREAM = ForkFamily("stream", "streams", start="stream_start", stop="stream_stop")


class StreamStartArguments(Arguments):
    """The server, the name of the stream, the audio track, and parameters for the server."""

    url: Annotated[str, Field(max_length=2000, title="URL (wss)", examples=["wss://media.example.com/calls"])]
    name: Name = None
    track: Track = "inbound_track"
    parameters: Parameters = {}


class StreamStart(ForkStart):
    """A WebSocket server receives the audio of the call; the caller does not notice."""

    name = STREAM.start
    title = "Start stream"
    family = STREAM
    needs = ("streams",)
    Arguments = StreamStartArguments

    def check(self) -> None:
        """The host must be allowed, because an operator alone may not decide which server listens."""
        check_socket_url(self.services.config, self.arguments.url)

    def attributes(self) -> dict[str, Any]:
        """URL, track and numbered parameters."""
        given = self.arguments
        return {"url": given.url, "track": given.track, **numbered(given.parameters)}


class StreamStop(ForkStop):
    """The server no longer receives the audio of the call."""

    name = STREAM.stop
    title = "Stop stream"
    family = STREAM
    needs = ("streams",)
