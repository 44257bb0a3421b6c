"""Stream the sound of a call to a WebSocket."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from voice.control.allowed_urls import check_socket_url
from voice.control.base import Arguments
from voice.control.fork_command import ForkFamily, ForkStart, ForkStop, Name, Pairs, Track, numbered

STREAM = ForkFamily("stream", "streams", start="stream_start", stop="stream_stop")


class StreamStartArguments(Arguments):
    """Where the sound goes, under which name, whose voice, and what the other end is told with it."""

    url: Annotated[str, Field(max_length=2000, title="URL (wss)")]
    name: Name = None
    track: Track = "inbound_track"
    parameters: Pairs = {}


class StreamStart(ForkStart):
    """The other end hears the call, and says nothing."""

    name = STREAM.start
    title = "Start a stream"
    family = STREAM
    Arguments = StreamStartArguments

    def check(self) -> None:
        """wss, on a host of the allow-list: who may listen in is not the operator's alone to say."""
        check_socket_url(self.services.config, self.arguments.url)

    def wanted(self) -> dict[str, Any]:
        """Address, track, and the parameters as Twilio numbers them."""
        given = self.arguments
        return {"url": given.url, "track": given.track, **numbered(given.parameters)}


class StreamStop(ForkStop):
    """The other end hears the call no longer."""

    name = STREAM.stop
    title = "Stop a stream"
    family = STREAM
