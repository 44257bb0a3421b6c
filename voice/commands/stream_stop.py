"""Stop a stream."""

from __future__ import annotations

from voice.commands.forks import ForkStop


class StreamStop(ForkStop):
    """The other end hears the call no longer."""

    name = "stream_stop"
    title = "Stop a stream"
    kind, fork = "stream", "streams"
