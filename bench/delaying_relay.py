"""A TCP relay that delays every byte: `python -m bench.delaying_relay PORT TARGET_PORT DELAY_MS`.

It stands for the way between two hosts. What arrives is sent on after the delay, in order, in both directions, so a
round trip takes twice the delay. The event loop waits with select(), whose time-outs are finer than those of epoll.
"""

import asyncio
import selectors
import sys
from collections import deque
from typing import cast

CLOSE = b""


class Side(asyncio.Protocol):
    """One side of a connection. What it receives goes to the other side after the delay."""

    def __init__(self, delay: float, other: "Side | None" = None) -> None:
        self._delay, self.other = delay, other
        self._on_the_way: deque[bytes] = deque()
        self._early: list[bytes] = []
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Send what arrived before this side was connected."""
        self._transport = cast(asyncio.Transport, transport)
        for data in self._early:
            self.send(data)

    def data_received(self, data: bytes) -> None:
        """Send the bytes on after the delay."""
        self._on_the_way.append(data)
        asyncio.get_running_loop().call_later(self._delay, self._deliver)

    def connection_lost(self, error: Exception | None) -> None:
        """Close the other side after the delay, behind what is still on the way."""
        self.data_received(CLOSE)

    def send(self, data: bytes) -> None:
        """Send bytes to the peer of this side; CLOSE ends the connection."""
        if self._transport is None:
            self._early.append(data)
        elif data is CLOSE:
            self._transport.close()
        else:
            self._transport.write(data)

    def _deliver(self) -> None:
        """Deliver the oldest bytes: timers of the same moment fire in any order."""
        if self.other is not None:
            self.other.send(self._on_the_way.popleft())


class Entrance(Side):
    """The side of the client: it opens the connection to the target."""

    def __init__(self, delay: float, target: int) -> None:
        super().__init__(delay)
        self._target = target

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Connect to the target meanwhile."""
        super().connection_made(transport)
        other = self.other = Side(self._delay, self)
        self._connecting = asyncio.ensure_future(self._connect(other))

    async def _connect(self, other: Side) -> None:
        try:
            await asyncio.get_running_loop().create_connection(lambda: other, "127.0.0.1", self._target)
        except OSError:
            self.send(CLOSE)


async def relay(port: int, target: int, delay: float) -> None:
    """Relay connections until the process ends."""
    server = await asyncio.get_running_loop().create_server(
        lambda: Entrance(delay, target), "127.0.0.1", port, backlog=512
    )
    await server.serve_forever()


if __name__ == "__main__":
    listen_at, target_port, delay_ms = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
    loop = asyncio.SelectorEventLoop(selectors.SelectSelector())
    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        runner.run(relay(listen_at, target_port, delay_ms / 1000))
