"""The callers' connection to an emulator: actions are HTTP requests, and events arrive on the emulator's feed."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import aiohttp

from midcall_emulator.load.caller import CallEnded, Caller, LineError
from midcall_emulator.load.statistics import Statistics


class HttpLine:
    """An emulator's control API over HTTP. The number that a caller dials from identifies the caller."""

    def __init__(
        self, session: aiohttp.ClientSession, url: str, statistics: Statistics, speed: float = 1.0
    ) -> None:
        self._session, self._url, self._statistics, self.speed = (
            session,
            url + "/_emulator",
            statistics,
            speed,
        )
        self._by_number: dict[str, Caller] = {}
        self._by_sid: dict[str, Caller] = {}

    async def do(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Send a request; CallEnded if the call has ended, LineError for any other failure."""
        try:
            async with self._session.post(self._url + path, json=body) as response:
                found = await response.json()
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise LineError(f"the emulator does not respond: {error!r}") from None
        if response.status == 409:
            raise CallEnded
        if response.status >= 400:
            raise LineError(found["error"]["message"])
        return dict(found)

    def register(self, caller: Caller) -> None:
        """Deliver the events of the call from this caller's number to the caller."""
        self._by_number[caller.number] = caller

    async def listen(self, ready: asyncio.Event) -> None:
        """Read the feed until LineError; set ``ready`` when the feed is open and no event can be missed."""
        timeout = aiohttp.ClientTimeout(total=None, sock_read=60)
        try:
            async with self._session.get(self._url + "/events", timeout=timeout) as feed:
                await self._read(feed.content, ready)
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise LineError(f"the event feed failed: {error!r}") from None
        raise LineError("the event feed ended: the emulator stopped, or this machine cannot keep up")

    async def _read(self, content: aiohttp.StreamReader, ready: asyncio.Event) -> None:
        kind = ""
        async for raw in content:
            name, _, value = raw.decode().rstrip("\n").partition(": ")
            if name == "":
                ready.set()
            elif name == "event":
                kind = value
            elif name == "data":
                self._deliver(kind, json.loads(value))

    def _deliver(self, kind: str, body: dict[str, Any]) -> None:
        sid = body.get("sid", "")
        if kind == "call" and body.get("direction") == "inbound" and body["from"] in self._by_number:
            self._by_sid[sid] = self._by_number[body["from"]]
        caller = self._by_sid.get(sid)
        self._statistics.count(kind, body, is_ours=caller is not None)
        if caller:
            caller.receive(kind, body)
        if caller and kind == "status" and caller.has_ended:
            del self._by_sid[sid], self._by_number[caller.number]
