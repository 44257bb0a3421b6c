"""A minimal app: constant TwiML for each path, so that the figures show the emulator."""

import asyncio
import sys

ANSWERS = {
    "/again": b"<Response><Redirect>/again</Redirect></Response>",
    "/hold": b'<Response><Say>Please hold</Say><Play loop="0">http://music.example/hold.mp3</Play></Response>',
}


class Exchange(asyncio.Protocol):
    """One connection: answers each request, and closes after one that asks for it."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport, self.received = transport, b""

    def data_received(self, data: bytes) -> None:
        self.received += data
        head, end, body = self.received.partition(b"\r\n\r\n")
        if not end or len(body) < _content_length(head):
            return
        self.received = b""
        answer = ANSWERS[head.split(b" ", 2)[1].decode().partition("?")[0]]
        must_close = b"connection: close" in head.lower()
        line = b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: %d\r\n" % len(answer)
        self.transport.write(line + (b"Connection: close\r\n\r\n" if must_close else b"\r\n") + answer)
        if must_close:
            self.transport.close()


def _content_length(head: bytes) -> int:
    found = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    return int(found[0].partition(b":")[2]) if found else 0


async def main() -> None:
    """Serve on a free port, and print the port."""
    server = await asyncio.get_running_loop().create_server(Exchange, "127.0.0.1", 0, backlog=4096)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    try:
        asyncio.run(main())
    except KeyboardInterrupt:
        sys.exit(130)
