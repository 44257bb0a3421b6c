"""Holds event streams open and counts what comes: `python -m bench.streams PORT COUNT PATH`.

Prints one line of JSON when every stream was answered, and another when its input is closed. A process of its
own: reading thousands of events a second must not slow the clock that times the webhooks.
"""

import asyncio
import json
import sys
from dataclasses import dataclass

from bench.account import ADMIN_TOKEN

REQUEST = (
    "GET {path} HTTP/1.1\r\nHost: midcall.example.com\r\nAccept: text/event-stream\r\n"
    f"Authorization: Bearer {ADMIN_TOKEN}\r\n\r\n"
)
ANSWER_SECONDS = 20


@dataclass
class Stream:
    """One open stream: the status it was answered with, and the events that came over it."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    status: int = 0
    events: int = 0
    ended: bool = False

    async def answered(self, path: str) -> None:
        self.writer.write(REQUEST.format(path=path).encode())
        head = await asyncio.wait_for(self.reader.readuntil(b"\r\n\r\n"), ANSWER_SECONDS)
        self.status = int(head.split()[1])

    async def follow(self) -> None:
        while chunk := await self.reader.read(65536):
            self.events += chunk.count(b"data:")
        self.ended = True


async def _opened(port: int, path: str) -> Stream:
    stream = Stream(*await asyncio.open_connection("127.0.0.1", port))
    try:
        await stream.answered(path)
    except (TimeoutError, asyncio.IncompleteReadError):
        stream.ended = True
    return stream


async def _input_closed() -> None:
    await asyncio.to_thread(sys.stdin.read)


async def hold(port: int, count: int, path: str) -> None:
    """Open the streams, say so, and read until standard input is closed."""
    streams = list(await asyncio.gather(*(_opened(port, path) for _ in range(count))))
    print(json.dumps({"opened": sum(one.status == 200 for one in streams)}), flush=True)
    followers = [asyncio.create_task(one.follow()) for one in streams if one.status == 200]
    await _input_closed()
    open_to_the_end = [one for one in streams if one.status == 200 and not one.ended]
    counts = sorted(one.events for one in open_to_the_end) or [0]
    print(
        json.dumps(
            {"open_to_the_end": len(open_to_the_end), "fewest_events": counts[0], "most_events": counts[-1]}
        )
    )
    for follower in followers:
        follower.cancel()


if __name__ == "__main__":
    asyncio.run(hold(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]))
