"""Open event streams that count their events: `python -m bench.streams PORT COUNT PATH`.

Prints a line of JSON when all streams are open, and another one when standard input is closed. It is a process of its
own, because reading thousands of events per second must not delay the clock of the webhooks.
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
    """One stream: the status of its answer, and its number of events."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    status: int = 0
    events: int = 0
    ended: bool = False

    async def request(self, path: str) -> None:
        """Send the request and read the status."""
        self.writer.write(REQUEST.format(path=path).encode())
        head = await asyncio.wait_for(self.reader.readuntil(b"\r\n\r\n"), ANSWER_SECONDS)
        self.status = int(head.split()[1])

    async def follow(self) -> None:
        """Count events until the server closes the stream."""
        while chunk := await self.reader.read(65536):
            self.events += chunk.count(b"data:")
        self.ended = True


async def _open(port: int, path: str) -> Stream:
    stream = Stream(*await asyncio.open_connection("127.0.0.1", port))
    try:
        await stream.request(path)
    except (TimeoutError, asyncio.IncompleteReadError):
        stream.ended = True
    return stream


async def _wait_for_end_of_input() -> None:
    await asyncio.to_thread(sys.stdin.read)


async def hold(port: int, count: int, path: str) -> None:
    """Open the streams, print their number, and follow them until standard input is closed."""
    streams = list(await asyncio.gather(*(_open(port, path) for _ in range(count))))
    print(json.dumps({"opened": sum(one.status == 200 for one in streams)}), flush=True)
    followers = [asyncio.create_task(one.follow()) for one in streams if one.status == 200]
    await _wait_for_end_of_input()
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
